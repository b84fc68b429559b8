package import BTF

/// Why something did not get into the kernel, or out of it.
package enum KernelError: Error, Sendable {
  /// The privileges do not suffice; the call that was refused.
  case notPermitted(SystemError)
  /// The kernel's types could not be had: it was built without them, or they are not readable.
  case noBTF(SystemError)
  /// The kernel's types are there but are not what this program can read.
  case malformedBTF(BTFError)
  case noSuchTracepoint(String, nearest: String?)
  case noSuchIterator(String, nearest: String?)
  case verifier(VerifierRefusal)
  /// What should be loaded contradicts itself; it never reached the kernel.
  case badSpec(String)
  case system(SystemError)

  init(_ error: SystemError) {
    self = error.isRefusal ? .notPermitted(error) : .system(error)
  }

  /// The error in words, one line, no full stop.
  package var text: String {
    switch self {
    case .notPermitted(let error):
      "additional privileges are required (root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN): \(error.text)"
    case .noBTF(let error): "this kernel's types (BTF) are not readable: \(error.text)"
    case .malformedBTF(let error): error.text
    case .noSuchTracepoint(let name, let nearest):
      "no tracepoint \(name)" + (nearest.map { "; did you mean \($0)?" } ?? "")
    case .noSuchIterator(let name, let nearest):
      "no iterator \(name)" + (nearest.map { "; did you mean \($0)?" } ?? "")
    case .verifier(let refusal): refusal.text
    case .badSpec(let what): what
    case .system(let error): error.text
    }
  }
}
