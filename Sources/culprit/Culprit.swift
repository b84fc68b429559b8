import ArgumentParser
import CMalloc
import Files
import Glibc
import Session

/// The program: dtrace(1)'s flags directly, or a subcommand.
@main struct Culprit {
  static func main() {
    // A reader that goes away ends the run by a failed write, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    holdStandardDescriptors()
    // A table that grew leaves its old memory to the system. By itself glibc raises this bound with each block that is freed, and keeps them.
    mallopt(M_MMAP_THRESHOLD, 1 << 20)
    let arguments = CommandLine.arguments
    let name = arguments.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "culprit"
    if name != "dtrace", let first = arguments.dropFirst().first, Subcommands.names.contains(first) {
      exit(Subcommands.status(of: Array(arguments.dropFirst())))
    }
    exit(TraceCommand(Array(arguments.dropFirst()), program: name == "dtrace" ? "dtrace" : "culprit").run())
  }
}

/// The program's exit codes (docs: README, "Exit codes").
enum ExitStatus {
  static let complete: Int32 = 0
  static let found: Int32 = 1
  static let usage: Int32 = 2
  static let incomplete: Int32 = 3
  static let refused: Int32 = 4
  static let fault: Int32 = 5
}

/// What stands beside dtrace's flags.
struct Subcommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "culprit",
    subcommands: [
      CaseCommand.self, FlowsCommand.self, PacketsCommand.self, RecordCommand.self, WatchCommand.self,
      RulesCommand.self, DoctorCommand.self,
    ])
  static let names: Set<String> = ["case", "flows", "packets", "record", "watch", "rules", "doctor", "help"]
}

extension Subcommands {
  /// Runs a subcommand to its end; what was wrong with its arguments is one line, and exit code 2.
  static func status(of arguments: [String]) -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      return ExitStatus.complete
    } catch let code as ArgumentParser.ExitCode {
      return code.rawValue
    } catch {
      if exitCode(for: error).isSuccess {
        print(fullMessage(for: error))
        return ExitStatus.complete
      }
      note("culprit: \(message(for: error))")
      return ExitStatus.usage
    }
  }
}

/// The problem's line on standard error, and its exit code.
func complain(_ problem: TraceProblem, as program: String = "culprit") -> Int32 {
  let code: Int32
  switch problem {
  case .badProgram(let complaints):
    for complaint in complaints { note(complaint.hasSuffix("\n") ? String(complaint.dropLast()) : complaint) }
    code = ExitStatus.usage
  case .refused(let line):
    note("\(program): \(line)")
    code = ExitStatus.refused
  case .fault(let line):
    note("\(program): \(line)")
    code = ExitStatus.fault
  case .input(let line):
    note("\(program): \(line)")
    code = ExitStatus.usage
  }
  // dtrace(1) has one code for all of them, and 2 for its usage.
  return program == "dtrace" ? 1 : code
}
