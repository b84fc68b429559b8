import Files
import Glibc

/// Standard output; a reader that went away does not come back.
struct StandardOutput: Place {
  let breaks: UInt64 = 0

  func open() throws(Undelivered) {}

  func take(_ message: [UInt8]) throws(Undelivered) -> UInt64 {
    let line = message + [newline]
    guard write(RawSpan(_elements: line.span), to: STDOUT_FILENO) else {
      throw .gone("nobody reads standard output")
    }
    return 0
  }
}
