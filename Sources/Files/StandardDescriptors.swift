import Glibc

/// Whoever starts the program without standard input, output or error gets the null device there: else the next file or socket that is opened
/// would be it, and be written to.
package func holdStandardDescriptors() {
  while true {
    // Safe: the path is a NUL-ended text for the call.
    let descriptor = unsafe open("/dev/null", O_RDWR)
    guard descriptor >= 0, descriptor <= STDERR_FILENO else {
      if descriptor >= 0 { close(descriptor) }
      return
    }
  }
}
