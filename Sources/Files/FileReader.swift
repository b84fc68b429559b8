import Glibc

/// A file open for reading; closed when its owner goes away.
package struct FileReader: ~Copyable {
  /// Which file it is, whatever name it was opened by.
  package struct Identity: Sendable, Hashable {
    package var device: UInt64
    package var inode: UInt64
    /// Nanoseconds since 1970; a file that was written since is another file.
    package var modified: Int64
    package init(device: UInt64, inode: UInt64, modified: Int64) {
      self.device = device
      self.inode = inode
      self.modified = modified
    }
  }

  private let descriptor: CInt
  package let path: String
  package let identity: Identity
  /// Bytes; 0 for the files of /proc.
  package let size: Int
  package let isRegular: Bool

  /// Opens without waiting (a FIFO must not hold us up) and without following the file to a controlling terminal.
  package init(_ path: String) throws(FileError) {
    // Safe: the path is bridged to a NUL-ended copy for the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(call: "open", path: path, code: errno) }
    var status = stat()
    // Safe: `status` lives for the call.
    guard unsafe fstat(descriptor, &status) == 0 else {
      let code = errno
      _ = Glibc.close(descriptor)
      throw FileError(call: "fstat", path: path, code: code)
    }
    self.descriptor = descriptor
    self.path = path
    identity = Identity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
      modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
    size = Int(status.st_size)
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }

  deinit { _ = Glibc.close(descriptor) }

  /// The `count` bytes at `offset`, fewer where the file ends.
  package func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
    guard count > 0, offset <= UInt64(Int64.max) - UInt64(count) else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let start = filled
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        // Safe: the slice lies in the buffer, whose size the kernel is told.
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
        return unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(start))
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw FileError(call: "pread", path: path, code: errno)
      }
      if got == 0 { break }
      filled += got
    }
    bytes.removeSubrange(filled...)
    return bytes
  }

  /// Everything there is, but not more than `limit` bytes: for the files of /proc, whose size nobody knows before.
  package func readAll(limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit {
      let more = try read(at: UInt64(bytes.count), count: min(64 << 10, limit - bytes.count))
      if more.isEmpty { break }
      bytes.append(contentsOf: more)
    }
    return bytes
  }

  /// What the symbolic link at `path` says.
  package static func link(_ path: String) throws(FileError) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      // Safe: the kernel is told the buffer's size, which is not 0; the path is bridged for the call.
      unsafe readlink(path, buffer.baseAddress!, buffer.count)
    }
    guard count >= 0 else { throw FileError(call: "readlink", path: path, code: errno) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
