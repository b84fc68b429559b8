import Glibc
import Session

/// The program: dtrace(1)'s flags directly, or a subcommand.
@main struct Culprit {
  static func main() {
    // A reader that goes away ends the run by a failed write, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    let arguments = CommandLine.arguments
    let name = arguments.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "culprit"
    exit(TraceCommand(Array(arguments.dropFirst()), program: name == "dtrace" ? "dtrace" : "culprit").run())
  }
}

/// The program's exit codes (docs: README, "Exit codes").
enum ExitCode {
  static let complete: Int32 = 0
  static let found: Int32 = 1
  static let usage: Int32 = 2
  static let incomplete: Int32 = 3
  static let refused: Int32 = 4
  static let fault: Int32 = 5
}
