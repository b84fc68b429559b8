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
      flags = try TraceFlags(arguments, program: program, environment: environment()) {
        path throws(FileError) in
        String(decoding: try readFile(path == "-" ? "/dev/stdin" : path), as: UTF8.self)
      }
    } catch {
      note("\(program): \(error.text)")
      return program == "dtrace" && !error.isUsage ? 1 : ExitStatus.usage
    }
    if flags.help {
      print(usage)
      return ExitStatus.complete
    }
    if flags.list { return list(flags) }
    if flags.request.replay != nil, flags.request.command != nil || !flags.request.interfaces.isEmpty {
      note("\(program): -r reads what happened before; -c and --interface are for live runs")
      return ExitStatus.usage
    }
    guard !flags.request.pieces.isEmpty else {
      note("\(program): no probes specified; try --help")
      return ExitStatus.usage
    }
    return trace(flags)
  }

  private func trace(_ flags: TraceFlags) -> Int32 {
    var target = STDOUT_FILENO
    if let path = flags.output {
      do {
        target = try openAppending(path)
      } catch {
        note("\(program): \(error)")
        return program == "dtrace" ? 1 : ExitStatus.usage
      }
    }
    var request = flags.request
    request.output = target
    let out: (RawSpan) -> Bool = { write($0, to: target) }
    do {
      let end =
        if let path = request.replay {
          try traceReplay(request, path: path, out: out, note: { note($0) })
        } else {
          try traceLive(request, out: out, note: { note($0) })
        }
      guard let problem = end.problem else { return end.exitStatus }
      note("\(program): \(problem)")
      return ExitStatus.incomplete
    } catch {
      return complain(error, as: program)
    }
  }

  private func list(_ flags: TraceFlags) -> Int32 {
    do {
      for line in try listProbes(flags.request) {
        guard write(RawSpan(_elements: line.span), to: STDOUT_FILENO) else { break }
      }
      return ExitStatus.complete
    } catch {
      return complain(error, as: program)
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
  usage: culprit [-eFhlqvwZ] [-b SIZE] [-c CMD] [-o FILE] [-p PID] [-x NAME[=VALUE]]
                 [-r FILE | --interface IF…]
                 [-P PROVIDER] [-m MODULE] [-f FUNCTION] [-n NAME] [-i ID] [[/PREDICATE/] {ACTION}] [-s SCRIPT] [ARGS…]
         culprit record|packets|flows … (--help tells more)

    -n 'D…'         trace what the D program asks for: culprit -n 'syscall:::entry { @[probefunc] = count(); }'
    -s FILE         the same from a file; ARGS are its $1, $2 …
    --interface IF  packets of an interface fire packet probes; may be given again, any is all of them
    -r FILE         over a recording or a capture (pcap, pcapng, .gz; - is standard input) instead of this machine
    -p PID, -c CMD  $target: a process that runs, or a command that is started for the run
    -l              list the probes that match instead of enabling them
    -e              compile only
    -q              print only what the program prints
    -o FILE         append the output to a file
    -w              allow destructive actions
    -x NAME=VALUE   set an option of D; DTRACE_OPT_NAME=VALUE in the environment does the same
  """
