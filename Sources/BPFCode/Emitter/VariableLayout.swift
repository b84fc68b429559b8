import IR

/// Where each variable lies in the memory of its scope: on multiples of 8, texts padded to multiples of 8.
struct VariableLayout {
  /// By `Variable.ID`, from the start of the scope's memory.
  private(set) var offsets: [Int] = []
  private(set) var globalSize = 0
  private(set) var threadSize = 0
  private(set) var clauseSize = 0

  init(_ variables: [Variable]) {
    for variable in variables {
      let size = (variable.storage.size + 7) / 8 * 8
      switch variable.scope {
      case .global:
        offsets.append(globalSize)
        globalSize += size
      case .thread:
        offsets.append(threadSize)
        threadSize += size
      case .clause:
        offsets.append(clauseSize)
        clauseSize += size
      }
    }
  }
}
