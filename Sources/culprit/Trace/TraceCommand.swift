import Files
import Glibc
import Session

/// `culprit -n '…'` and its like: D programs, live or over a recording, as dtrace(1) runs them.
struct TraceCommand {
  private let arguments: [String]
  private let program: String

  init(_ arguments: [String], program: String) {
    self.arguments = arguments
    self.program = program
  }

  /// Runs to the end and gives the exit code.
  func run() -> Int32 {
    let flags: TraceFlags
    do {
      flags = try TraceFlags(arguments, program: program, environment: environment()) { path in
        (try? readFile(path == "-" ? "/dev/stdin" : path)).map { String(decoding: $0, as: UTF8.self) }
      }
    } catch {
      note("\(program): \(error.text)")
      return ExitCode.usage
    }
    if flags.help {
      print(usage)
      return ExitCode.complete
    }
    if flags.list { return list(flags) }
    guard !flags.request.pieces.isEmpty else {
      note("\(program): no probes specified; try --help")
      return ExitCode.usage
    }
    return trace(flags)
  }

  private func trace(_ flags: TraceFlags) -> Int32 {
    var target = STDOUT_FILENO
    if let path = flags.output {
      target = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
      guard target >= 0 else {
        note("\(program): failed to open \(path)")
        return ExitCode.usage
      }
    }
    do {
      return try traceLive(flags.request) {
        write($0, to: target)
      } note: {
        note($0)
      }
    } catch {
      return report(error)
    }
  }

  private func list(_ flags: TraceFlags) -> Int32 {
    do {
      for line in try listProbes(flags.request) {
        guard write(RawSpan(_elements: line.span), to: STDOUT_FILENO) else { break }
      }
      return ExitCode.complete
    } catch {
      return report(error)
    }
  }

  private func report(_ problem: TraceProblem) -> Int32 {
    switch problem {
    case .badProgram(let complaints):
      for complaint in complaints { note(complaint.hasSuffix("\n") ? String(complaint.dropLast()) : complaint) }
      return program == "dtrace" ? 1 : ExitCode.usage
    case .refused(let line):
      note("\(program): \(line)")
      return ExitCode.refused
    case .fault(let line):
      note("\(program): \(line)")
      return ExitCode.fault
    case .input(let line):
      note("\(program): \(line)")
      return ExitCode.usage
    }
  }

  private func environment() -> [String: String] {
    var values: [String: String] = [:]
    let entries = (try? readFile("/proc/self/environ")) ?? []
    for entry in entries.split(separator: 0) {
      let parts = entry.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      values[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts[1], as: UTF8.self)
    }
    return values
  }
}

private let usage = """
  usage: culprit [-eFhlqvVwZ] [-b SIZE] [-c CMD] [-o FILE] [-p PID] [-r FILE] [-x NAME[=VALUE]] [--interface IF]
                 [-P PROVIDER] [-m MODULE] [-f FUNCTION] [-n NAME] [-i ID] [[/PREDICATE/] {ACTION}] [-s SCRIPT] [ARGS…]
         culprit case|record|packets|flows|doctor …

    -n 'D…'         trace what the D program asks for: culprit -n 'syscall:::entry { @[probefunc] = count(); }'
    -s FILE         the same from a file; ARGS are its $1, $2 …
    -p PID, -c CMD  $target: a process that runs, or a command that is started for the run
    -l              list the probes that match instead of enabling them
    -e              compile only
    -q              print only what the program prints
    -o FILE         append the output to a file
    -w              allow destructive actions
    -x NAME=VALUE   set an option of D; DTRACE_OPT_NAME=VALUE in the environment does the same
    -r FILE         read a recording or a capture instead of the running kernel
    --interface IF  fire packet probes for the frames of an interface; may be given again, `any` is all
  """
