import IR

/// Where each variable lies in the memory of its scope: on multiples of 8, texts padded to multiples of 8. Global and
/// clause-local variables of bytes lie behind the others of their scope, as `OwnMemory` has it.
struct VariableLayout {
  /// By `Variable.ID`, from the start of the scope's memory.
  private(set) var offsets: [Int] = []
  private(set) var globalSize = 0
  private(set) var threadSize = 0
  private(set) var clauseSize = 0
  /// Where the globals of bytes begin, and how many bytes those of each scope take.
  private(set) var globalBytes = 0
  let own: OwnMemory

  init(_ variables: [Variable]) {
    own = OwnMemory(variables)
    for (id, variable) in variables.enumerated() {
      let size = (variable.storage.size + 7) / 8 * 8
      switch variable.scope {
      case .global where variable.storage.kind == .bytes, .clause where variable.storage.kind == .bytes:
        offsets.append(own.positions[id])
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
    globalBytes = globalSize
    for (id, variable) in variables.enumerated() where variable.scope == .global && variable.storage.kind == .bytes {
      offsets[id] += globalBytes
    }
    // As much again behind them: the verifier adds the bounds of a position and of a length.
    globalSize += own.globalSize * 2
  }
}
