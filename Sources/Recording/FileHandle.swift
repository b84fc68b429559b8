import Glibc

/// A system call that failed on a file: which, on what, and the errno.
package struct FileSystemError: Error, Sendable, Equatable, CustomStringConvertible {
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

  private static func words(for code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    // Safe: the call writes at most the count it is given, with a NUL; 128 bytes hold every message of glibc.
    guard unsafe strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// One open file descriptor; it is closed when its owner goes away. `-` names standard input or output, which stay
/// open.
///
/// Files are read with read(2) into a buffer that is used again, not mapped: a pipe, a terminal and a `.gz` are then
/// read by the same code, and a file that another program cuts short while we read ends early instead of raising
/// SIGBUS. The copy costs about 0.1 ns a byte, a twentieth of what dissection takes.
package struct FileHandle: ~Copyable {
  private let raw: CInt
  private let closes: Bool
  package let path: String

  /// Takes over `raw`, which is closed in the end when `closes` says so.
  package init(adopting raw: CInt, path: String, closes: Bool = true) {
    self.raw = raw
    self.path = path
    self.closes = closes
  }

  deinit { if closes { _ = Glibc.close(raw) } }

  package static func reading(_ path: String) throws(FileSystemError) -> FileHandle {
    if path == "-" { return FileHandle(adopting: 0, path: "standard input", closes: false) }
    return try open(path, O_RDONLY)
  }

  /// A new or emptied file that only its owner may read: captures hold other people's words.
  package static func writing(_ path: String) throws(FileSystemError) -> FileHandle {
    if path == "-" { return FileHandle(adopting: 1, path: "standard output", closes: false) }
    return try open(path, O_WRONLY | O_CREAT | O_TRUNC)
  }

  private static func open(_ path: String, _ flags: Int32) throws(FileSystemError) -> FileHandle {
    // Safe: the string is passed as a C string for the call.
    let raw = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
    guard raw >= 0 else { throw FileSystemError(call: "open", path: path, code: errno) }
    return FileHandle(adopting: raw, path: path)
  }

  /// Reads up to `count` bytes into `buffer` at `index`; 0 at the end. Not tried again on EINTR: whoever was
  /// interrupted decides.
  package borrowing func read(into buffer: inout [UInt8], at index: Int, count: Int) throws(FileSystemError) -> Int {
    precondition(index >= 0 && count >= 0 && index + count <= buffer.count)
    // Safe: index and count were just checked against the buffer, which is not touched elsewhere during the call.
    let got = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(raw, $0.baseAddress! + index, count) }
    guard got >= 0 else { throw FileSystemError(call: "read", path: path, code: errno) }
    return got
  }

  /// Writes the bytes of `buffer` from `index` on; answers how many the kernel took, at least one. EINTR is tried
  /// again.
  package borrowing func write(_ buffer: [UInt8], from index: Int) throws(FileSystemError) -> Int {
    precondition(index >= 0 && index < buffer.count)
    while true {
      // Safe: index was just checked against the buffer, which is borrowed for the call.
      let put = unsafe buffer.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress! + index, $0.count - index) }
      if put > 0 { return put }
      let code = put == 0 ? EIO : errno
      guard code == EINTR else { throw FileSystemError(call: "write", path: path, code: code) }
    }
  }

  /// Cuts the file to `count` bytes; false where that cannot be done (a pipe).
  package borrowing func truncate(to count: Int64) -> Bool { Glibc.ftruncate(raw, off_t(count)) == 0 }
}

/// Nanoseconds of a clock: `CLOCK_REALTIME`, `CLOCK_BOOTTIME`, `CLOCK_MONOTONIC_COARSE`.
func clock(_ id: clockid_t) -> Int64 {
  var time = timespec()
  // Safe: the call fills the structure it is given.
  guard unsafe clock_gettime(id, &time) == 0 else { return 0 }
  return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}

extension FileSystemError {
  /// True when a signal came in between, and the call may be made again.
  package var isInterruption: Bool { code == EINTR }
}

/// The kernel's name and release: `Linux 6.18.0`.
package func kernelName() -> String {
  var release = [UInt8](repeating: 0, count: 128)
  guard let file = try? FileHandle.reading("/proc/sys/kernel/osrelease"),
    let count = try? file.read(into: &release, at: 0, count: release.count), count > 0
  else { return "Linux" }
  return "Linux " + String(decoding: release.prefix(count).prefix { $0 > 0x20 }, as: UTF8.self)
}
