import Glibc

/// A system call that failed on a file: which, on what, and the errno.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  package var call: String
  package var path: String
  /// The errno.
  package var code: Int32

  package init(call: String, path: String, code: Int32) {
    self.call = call
    self.path = path
    self.code = code
  }

  /// `open trace.pcap: No such file or directory`.
  package var description: String { "\(call) \(path): \(Self.words(for: code))" }

  /// Why, without where: `No such file or directory`.
  package var reason: String { Self.words(for: code) }

  /// True when a signal came in between, and the call may be made again.
  package var isInterruption: Bool { code == EINTR }

  private static func words(for code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    // Safe: the call writes at most the count it is given, with a NUL; 128 bytes hold every message of glibc.
    guard unsafe strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
