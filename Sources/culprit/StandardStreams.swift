import Glibc

/// Writes all of the bytes to a descriptor.
/// - Returns: false when nobody reads it any more or it cannot take them.
func write(_ bytes: RawSpan, to descriptor: Int32) -> Bool {
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

/// One line on standard error.
func note(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = write(RawSpan(_elements: bytes.span), to: STDERR_FILENO)
}
