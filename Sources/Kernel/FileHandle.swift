import Glibc

/// One open file descriptor. It is closed when its owner goes away.
package struct FileHandle: ~Copyable, Sendable {
  /// The number, for calls and for `poll`; valid as long as the handle is.
  package let raw: CInt

  package init(adopting raw: CInt) { self.raw = raw }

  // Not retried on EINTR: Linux has closed the descriptor by then, and the number may already be someone else's.
  deinit { _ = close(raw) }

  /// Opens a file for reading.
  init(reading path: String) throws(SystemError) {
    // Safe: the path is a C string for the call.
    raw = try check("open(\(path))", unsafe open(path, O_RDONLY | O_CLOEXEC))
  }
}

extension FileHandle {
  /// Reads into the whole of `buffer` or to the end of the file.
  /// - Returns: bytes read; less than the buffer only at the end.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    var done = 0
    while done < buffer.count {
      // Safe: done < count, so the rest lies within the buffer.
      let got = unsafe read(raw, buffer.baseAddress! + done, buffer.count - done)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw SystemError(failed: "read") }
      if got == 0 { break }
      done += got
    }
    return done
  }

  /// Everything up to the end of the file, at most `limit` bytes.
  func readAll(limit: Int, chunk: Int = 65536) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit {
      let room = min(chunk, limit - bytes.count)
      var failure: SystemError?
      // Safe: `fill` writes at most the buffer's count, and its answer is what is initialized.
      let more = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        do throws(SystemError) {
          count = try unsafe fill(UnsafeMutableRawBufferPointer(buffer))
        } catch { failure = error }
      }
      if let failure { throw failure }
      bytes += more
      if more.count < room { break }
    }
    return bytes
  }
}
