import Glibc

/// What is known of the terminal that a descriptor leads to.
package struct Terminal: Sendable {
  /// Nil where the terminal does not say.
  package var columns: Int?
  package var rows: Int?
  /// People may refuse colours (https://no-color.org).
  package var allowsColour: Bool

  /// Nil when the descriptor leads to something else.
  package init?(_ descriptor: Int32) {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    // Safe: the call fills in the structure that it is given.
    let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    columns = isKnown ? Int(size.ws_col) : nil
    rows = isKnown && size.ws_row > 0 ? Int(size.ws_row) : nil
    // Safe: of the variable's text only the first byte is read, which every text has.
    allowsColour = unsafe getenv("NO_COLOR").map { unsafe $0.pointee == 0 } ?? true
  }
}
