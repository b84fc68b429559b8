/// The memory of a D program itself, which D pointers may point into besides the kernel's and the process's. Its addresses
/// have a tag in the high half: not canonical on x86-64 nor arm64, so never an address of anything else. The low half is a
/// position, the same in both engines.
package enum Scratch {
  /// The clause-local variables of bytes, then what the firing allocates.
  package static let tag: UInt64 = 0xd5c4_0000_0000_0000
  /// The global variables of bytes.
  package static let globalTag: UInt64 = 0xd5c5_0000_0000_0000
  package static let mask: UInt64 = 0xffff_0000_0000_0000
}

/// Where the variables of bytes lie in the memory of their scope, on multiples of 8, in the order of their declaration.
package struct OwnMemory: Sendable {
  /// Zero bytes behind the globals, so that what reads a little beyond the last of them reads zeros.
  package static let margin = 256

  /// By `Variable.ID`; 0 for variables of other kinds.
  package private(set) var positions: [Int] = []
  /// Bytes of all globals and of all clause-locals; 0 where there is none.
  package private(set) var globalSize = 0
  package private(set) var clauseSize = 0

  package init(_ variables: [Variable]) {
    for variable in variables {
      guard case .bytes(let count) = variable.storage else {
        positions.append(0)
        continue
      }
      let size = (count + 7) / 8 * 8
      switch variable.scope {
      case .global:
        positions.append(globalSize)
        globalSize += size
      case .clause:
        positions.append(clauseSize)
        clauseSize += size
      case .thread: positions.append(0)
      }
    }
    if globalSize > 0 { globalSize += Self.margin }
  }

  /// The address that `Step.addressOfVariable` gives.
  package func address(of id: Variable.ID, in variables: [Variable]) -> UInt64 {
    (variables[id].scope == .global ? Scratch.globalTag : Scratch.tag) | UInt64(positions[id])
  }
}
