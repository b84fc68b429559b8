package import IR

/// What the compiler asks of the running kernel's types. BTF answers it live; tests and replays without a kernel answer nothing.
package protocol KernelTypes: Sendable {
  /// The type of that name (`u32`, `struct sock`), if the kernel has it.
  func shape(of name: String) -> KernelShape?
  /// A member, also through members without a name, of `struct x`, `union x` or a typedef of one.
  func member(_ name: String, of record: String) -> (shape: KernelShape, bitOffset: Int, bitWidth: Int?)?
  /// How print() shows a structure or union that only the kernel defines.
  func printed(_ record: String) -> PrintedType?
  /// See `KernelSymbol`.
  func symbol(_ name: String, module: String) -> KernelSymbol?
  /// Whether there is such a tracepoint.
  func hasTracepoint(_ name: String) -> Bool
  /// The structure that a tracepoint's argument points to, without the word `struct`; nil for other arguments.
  func structure(ofArgument index: Int, tracepoint name: String) -> String?
}

/// A type of the kernel's, records by name only.
package indirect enum KernelShape: Sendable {
  case void
  case integer(bytes: Int, signed: Bool, name: String)
  case floating(bytes: Int, name: String)
  case pointer(KernelShape)
  case array(KernelShape, count: Int)
  case function
  case enumeration(name: String, values: [(String, Int64)])
  case record(name: String, isUnion: Bool, size: Int)
}

/// No kernel: every question is answered with nothing.
package struct NoKernelTypes: KernelTypes {
  package init() {}
  package func shape(of name: String) -> KernelShape? { nil }
  package func member(_ name: String, of record: String) -> (shape: KernelShape, bitOffset: Int, bitWidth: Int?)? {
    nil
  }
  package func hasTracepoint(_ name: String) -> Bool { true }
  package func structure(ofArgument index: Int, tracepoint name: String) -> String? { nil }
}
