/// What a record asks of the world beyond the text: the caller does it when everything before `at` has been written.
package struct Effect: Sendable, Hashable {
  package enum What: Sendable, Hashable {
    /// system(): the command for the shell.
    case system([UInt8])
    /// finding(): what a rule has found, as a sentence without an end of line.
    case finding([UInt8])
    /// freopen(): output goes to this file from here on; empty for where it went at first.
    case reopen([UInt8])
    /// ftruncate(): the output file is emptied.
    case truncate
    /// pcap(): a packet for the capture file that the output goes to, or else as a dump.
    case packet(CapturedPacket)
    /// Something went wrong in the printing itself: a line for standard error, after what `Effect.origin` says.
    case complain(String)
  }
  /// How many bytes of `Printer.output` come before it.
  package var at: Int
  package var what: What
  /// Where in the program it comes from: `error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN)`, as a complaint about it begins.
  package var origin = ""

  package init(at place: Int, what: What, origin: String = "") {
    at = place
    self.what = what
    self.origin = origin
  }
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
