package import DSemantics

/// What a run is asked to do: D text, what it may refer to, and where its probes come from.
package struct TraceRequest: Sendable {
  /// One program of the command line: `-n 'text'`, `-s FILE`, `-P`, `-m`, `-f`, `-i`.
  package struct Piece: Sendable {
    /// `description` or `script`, as dtrace's notice names it.
    package var isScript: Bool
    /// What the notice shows: the description up to its clause, or the file's name.
    package var label: String
    package var text: String
    /// The part of a probe description that a shorter one ends with.
    package enum LastPart: Sendable { case provider, module, function, name }
    package var lastPart: LastPart
    package init(isScript: Bool, label: String, text: String, lastPart: LastPart = .name) {
      self.isScript = isScript
      self.label = label
      self.text = text
      self.lastPart = lastPart
    }
  }

  package var pieces: [Piece] = []
  /// `$1`…, after `$0`.
  package var arguments: [String] = []
  package var options = Options()
  /// `-p`: processes that run already; `$target` means the first when no command is given.
  package var targets: [UInt32] = []
  /// `-c`: commands that are started for the run; `$target` means the first.
  package var commands: [String] = []
  /// `--interface`: frames of these interfaces fire packet probes.
  package var interfaces: [String] = []
  /// `-r`: captures or recordings to read, as one, instead of a live kernel.
  package var replay: [String] = []
  /// The name of the program in messages: `culprit`, or `dtrace` when run as such.
  package var program = "culprit"
  /// The descriptor that the output goes to: what ftruncate() empties.
  package var output: Int32 = 1
  /// `-e`: stop after compiling.
  package var compileOnly = false
  /// `-v`: say which probes are enabled.
  package var verbose = false
  /// `_DTRACE_TESTING` in the environment: output that does not depend on CPUs and numbers of probes, as DTrace's own tests want it.
  package var testing = false
  package init() {}
}

/// Why a run could not be made or carried on; words and exit codes are the caller's.
package enum TraceProblem: Error, Sendable {
  /// The D text is wrong: the complaints as people see them, one a string.
  case badProgram([String])
  /// A kernel feature or a privilege is missing: one line.
  case refused(String)
  /// Our own mistake: one line.
  case fault(String)
  /// A file, a process or an interface that is not there: one line.
  case input(String)
}
