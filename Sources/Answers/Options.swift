/// How answers are printed: the run-time options of dtrace that the host obeys.
package struct PrintOptions: Sendable, Hashable {
  /// Whose manner.
  package enum Dialect: Sendable, Hashable {
    /// DTrace for Linux.
    case linux
    /// Solaris 10's, with `-x compat=solaris`.
    case solaris
  }

  package var dialect = Dialect.linux
  /// `-q`: no header, no probe at the head of a line, no newline at its end.
  package var quiet = false
  /// `-F`
  package var flowIndent = false
  /// `rawbytes`: trace() dumps bytes whatever they are.
  package var rawBytes = false
  /// `printsize`: bytes of a value that print() shows.
  package var printSize = 8192
  /// `_DTRACE_TESTING`: neither CPU nor ID columns.
  package var testing = false
  /// Blanks before a frame of a stack.
  package var stackIndent = 14
  /// What stands between object and symbol: `libc.so.6`main+0x1c`. The article's day printed an apostrophe.
  package var separator = UInt8(ascii: "`")

  /// What bars are drawn with (`encoding`).
  package enum Encoding: String, Sendable, Hashable { case ascii, utf8 }
  /// Nil is `@` for bars, and blocks for what is packed.
  package var encoding: Encoding?
  /// `agghist`: the numbers of an aggregation are bars beside its keys.
  package var histogram = false
  /// `aggpack`: a quantize() or lquantize() takes one line.
  package var packed = false
  /// `aggzoom`: the longest bar takes nearly all columns, instead of its share of them.
  package var zoomed = false
  /// `noresolve`: processes' addresses print as object:0xoffset, counted from the start of the object's mapping.
  package var resolvesUserCode = true

  /// `aggsortkey`: by key instead of by value.
  package var sortByKey = false
  /// `aggsortkeypos`: the key part that counts first.
  package var sortKeyPosition = 0
  /// `aggsortpos`: of several aggregations printed together, the one that counts first.
  package var sortPosition = 0
  /// `aggsortrev`: the greatest first; the order of aggregations is reversed too.
  package var sortReversed = false

  /// Process that `%A` means when its argument is a bare address (`-p`, `-c`); 0 for none.
  package var target: UInt32 = 0

  package init(dialect: Dialect = .linux, quiet: Bool = false) {
    self.dialect = dialect
    self.quiet = quiet
    if dialect == .solaris { separator = UInt8(ascii: "'") }
  }
}
