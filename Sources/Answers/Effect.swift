/// What a record asks of the world beyond the text: the caller does it when everything before `at` has been written.
package struct Effect: Sendable, Hashable {
  package enum What: Sendable, Hashable {
    /// system(): the command for the shell.
    case system([UInt8])
    /// freopen(): output goes to this file from here on; empty for where it went at first.
    case reopen([UInt8])
  }
  /// How many bytes of `Printer.output` come before it.
  package var at: Int
  package var what: What
}

/// What became of a record.
package enum Consumed: Sendable, Hashable {
  case printed
  /// Kept until its speculation is committed or discarded.
  case speculated
  /// The clause was ended early: for dtrace's standard error.
  case fault(FaultReport)
  /// Nothing was printed: it is no record of this program.
  case malformed
}
