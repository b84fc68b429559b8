import Glibc

/// Writes all of the bytes to a descriptor.
/// - Returns: false when nobody reads it any more or it cannot take them.
package func write(_ bytes: RawSpan, to descriptor: Int32) -> Bool {
  // Safe: the pointer is used only during the call, and only for as many bytes as the span has.
  unsafe bytes.withUnsafeBytes { buffer in
    var done = 0
    while done < buffer.count {
      let count = unsafe Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}

/// A descriptor that writes to the file, which is made or emptied.
package func openAnew(_ path: String, mode: UInt32 = 0o666) throws(FileError) -> Int32 {
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw FileError(call: "open", path: path, code: errno) }
  return descriptor
}

/// A descriptor that writes to a file which was not there, and which only its owner may read.
package func openNew(_ path: String) throws(FileError) -> Int32 {
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw FileError(call: "open", path: path, code: errno) }
  return descriptor
}

/// A descriptor that appends to the file, which is made when it is not there.
/// - Parameter mode: who may do what with a file that is made, before the umask.
package func openAppending(_ path: String, mode: UInt32 = 0o666) throws(FileError) -> Int32 {
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw FileError(call: "open", path: path, code: errno) }
  return descriptor
}

/// Gives a file another name, which leads to it alone from then on.
package func rename(_ path: String, to other: String) throws(FileError) {
  // Safe: both paths are passed as NUL-ended texts for the length of the call.
  guard unsafe Glibc.rename(path, other) == 0 else { throw FileError(call: "rename", path: path, code: errno) }
}

/// Takes a file's name away.
package func remove(_ path: String) throws(FileError) {
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  guard unsafe Glibc.unlink(path) == 0 else { throw FileError(call: "unlink", path: path, code: errno) }
}

/// Makes a file that was not there, readable by everybody, with these bytes.
package func createFile(_ path: String, _ bytes: [UInt8]) throws(FileError) {
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw FileError(call: "open", path: path, code: errno) }
  defer { _ = Glibc.close(descriptor) }
  guard write(RawSpan(_elements: bytes.span), to: descriptor) else {
    throw FileError(call: "write", path: path, code: errno)
  }
}

/// Makes a folder; its parent must be there. One that is there already is as good.
package func makeFolder(_ path: String) throws(FileError) {
  // Safe: the path is passed as a NUL-ended text for the length of the call.
  guard unsafe Glibc.mkdir(path, 0o777) != 0, errno != EEXIST else { return }
  throw FileError(call: "mkdir", path: path, code: errno)
}
