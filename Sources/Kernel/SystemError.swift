import Glibc

/// A system call that failed, and why.
package struct SystemError: Error, Sendable, Hashable {
  /// The call as its manual page names it: `bpf(BPF_PROG_LOAD)`.
  package var call: String
  /// The value of errno.
  package var code: CInt

  package init(call: String, code: CInt) {
    self.call = call
    self.code = code
  }

  /// The error of the call that has just failed.
  package init(failed call: String) {
    self.init(call: call, code: errno)
  }

  /// errno's name where it is one that these calls give: `EPERM`.
  package var name: String { Self.names[code] ?? "errno \(code)" }

  /// The kernel's words for the code.
  package var explanation: String {
    var buffer = [CChar](repeating: 0, count: 128)
    // Safe: the buffer outlives the call, which writes at most its count; glibc's answer is a C string.
    return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe strerror_r(code, buffer.baseAddress!, buffer.count) == 0
        ? unsafe String(cString: buffer.baseAddress!) : "unknown error"
    }
  }

  /// The error in words, one line, no full stop.
  package var text: String { "\(call): \(name) (\(explanation))" }

  private static let names: [CInt: String] = [
    EPERM: "EPERM", ENOENT: "ENOENT", EINTR: "EINTR", EIO: "EIO", E2BIG: "E2BIG", EBADF: "EBADF", EAGAIN: "EAGAIN",
    ENOMEM: "ENOMEM", EACCES: "EACCES", EFAULT: "EFAULT", EBUSY: "EBUSY", EEXIST: "EEXIST", ENODEV: "ENODEV",
    ENOTDIR: "ENOTDIR", EINVAL: "EINVAL", ENFILE: "ENFILE", EMFILE: "EMFILE", ENOSPC: "ENOSPC", ERANGE: "ERANGE",
    ENOSYS: "ENOSYS", EOPNOTSUPP: "EOPNOTSUPP", ETIMEDOUT: "ETIMEDOUT", ESRCH: "ESRCH", 524: "ENOTSUPP",
  ]

  /// The call was refused for lack of privileges.
  package var isRefusal: Bool { code == EPERM || code == EACCES }
}

/// Gives back what a call returned unless that is negative.
func check(_ call: @autoclosure () -> String, _ result: CInt) throws(SystemError) -> CInt {
  guard result >= 0 else { throw SystemError(failed: call()) }
  return result
}
