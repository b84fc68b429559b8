import Files
import Glibc

/// One line on standard error.
func note(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = write(RawSpan(_elements: bytes.span), to: STDERR_FILENO)
}
