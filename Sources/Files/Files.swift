import Glibc

/// The whole file, or its first `limit` bytes. Files of /proc and /sys, whose sizes are not known before, are read to their end.
package func readFile(_ path: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8] {
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError(call: "open", path: path, code: errno) }
  defer { Glibc.close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 64 << 10)
  while bytes.count < limit {
    // Safe: the kernel writes no more than the buffer's own count.
    let got = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress!, $0.count) }
    if got < 0, errno == EINTR { continue }
    guard got >= 0 else { throw FileError(call: "read", path: path, code: errno) }
    if got == 0 { break }
    bytes.append(contentsOf: chunk[..<min(got, limit - bytes.count)])
  }
  return bytes
}

/// The first line or all of a small text file, without trailing white space; nil when it cannot be read.
package func readText(_ path: String, limit: Int = 1 << 20) -> String? {
  guard var bytes = try? readFile(path, limit: limit) else { return nil }
  while let last = bytes.last, last == 10 || last == 32 || last == 0 { bytes.removeLast() }
  return String(decoding: bytes, as: UTF8.self)
}

/// Where a symbolic link leads, as it is written; nil when there is none.
package func readLink(_ path: String) -> String? {
  var buffer = [UInt8](repeating: 0, count: 4096)
  // Safe: the kernel writes no more than the buffer's own count.
  let count = unsafe buffer.withUnsafeMutableBytes { bytes in
    unsafe Glibc.readlink(path, bytes.assumingMemoryBound(to: CChar.self).baseAddress!, bytes.count)
  }
  return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
}

/// The names in a directory without `.` and `..`, in the kernel's order; empty when it cannot be read.
package func listDirectory(_ path: String) -> [String] {
  guard let directory = unsafe opendir(path) else { return [] }
  defer { _ = unsafe closedir(directory) }
  var names: [String] = []
  while let entry = unsafe readdir(directory) {
    // Safe: d_name is NUL-ended within the entry, which is valid until the next readdir.
    let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      unsafe String(decoding: Array(bytes).prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}

/// The kernel's name and release: `Linux 6.18.0`.
package func kernelName() -> String { readText("/proc/sys/kernel/osrelease").map { "Linux " + $0 } ?? "Linux" }

/// Whether anything is at the path.
package func exists(_ path: String) -> Bool { unsafe Glibc.access(path, F_OK) == 0 }

/// What tells one file from every other on this machine, and its type.
package struct FileIdentity: Sendable, Hashable {
  package var device: UInt64
  package var inode: UInt64
  package var mode: UInt32
  package var size: Int64
  package var isSocket: Bool { mode & 0o170000 == 0o140000 }
  package var isRegular: Bool { mode & 0o170000 == 0o100000 }
  package var isFIFO: Bool { mode & 0o170000 == 0o010000 }
}

/// The identity of what the path leads to, links followed; nil when nothing is there.
package func identity(of path: String) -> FileIdentity? {
  var status = Glibc.stat()
  guard unsafe fstatat(AT_FDCWD, path, &status, 0) == 0 else { return nil }
  return FileIdentity(
    device: UInt64(status.st_dev), inode: UInt64(status.st_ino), mode: UInt32(status.st_mode),
    size: Int64(status.st_size))
}
