/// Why a program cannot be emitted. `clause` is an index in `Program.clauses`, `origin` the D text in bytes.
package enum EmitterError: Error, Hashable, Sendable {
  /// Something this engine does not do; the name is the builtin's, the function's or the action's.
  case unsupported(String, clause: Int, origin: Range<Int>?)
  /// A builtin needs an offset that `KernelOffsets` lacks.
  case missingOffset(String, clause: Int, origin: Range<Int>?)
  /// The frame of a BPF program has 512 bytes.
  case stackExceeded(bytes: Int, clause: Int)
  /// A per-CPU value has at most 32 KiB.
  case scratchExceeded(bytes: Int, limit: Int)
  /// A key or a value that no map takes.
  case mapTooLarge(String, bytes: Int)
  /// The IR contradicts itself.
  case malformed(String, clause: Int)
  /// The program has no words.
  case assembler(Assembler.Failure)
}
