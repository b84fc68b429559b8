import Glibc

/// What there is on a file system, in bytes.
package struct FileSystemSpace: Sendable, Hashable {
  package var size: Int64
  /// What those without privileges may still take.
  package var free: Int64
}

/// The space where the file lies; nil when the file is not a regular one, which takes none, or nobody can say.
package func space(around path: String) -> FileSystemSpace? {
  guard let identity = identity(of: path), identity.mode & S_IFMT == S_IFREG else { return nil }
  var status = Glibc.statvfs()
  // Safe: the path is passed as a NUL-ended text for the length of the call, which fills in the structure.
  guard unsafe statvfs(path, &status) == 0 else { return nil }
  let unit = Int64(clamping: status.f_frsize)
  func bytes(_ blocks: UInt) -> Int64 {
    let (product, overflow) = Int64(clamping: blocks).multipliedReportingOverflow(by: unit)
    return overflow ? .max : product
  }
  return FileSystemSpace(size: bytes(status.f_blocks), free: bytes(status.f_bavail))
}
