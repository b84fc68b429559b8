import DSemantics
import Files
import Glibc
import Session

/// `culprit -n '…'` and its like: D programs, live or over a recording, as dtrace(1) runs them.
struct TraceCommand {
  private let arguments: [String]
  let program: String
  var isDTrace: Bool { program == "dtrace" }

  init(_ arguments: [String], program: String) {
    self.arguments = arguments
    self.program = program
  }

  /// Runs to the end and gives the exit code.
  func run() -> Int32 {
    if arguments.isEmpty {
      note(Usage.text(of: program))
      return ExitStatus.usage
    }
    var flags: TraceFlags
    do {
      flags = try TraceFlags(arguments, program: program, environment: environment()) {
        path throws(FileError) in
        String(decoding: try readFile(path == "-" ? "/dev/stdin" : path), as: UTF8.self)
      }
    } catch {
      note("\(program): \(error.text)" + (error.showsUsage && !isDTrace ? "; try --help" : ""))
      if error.showsUsage, isDTrace { note(Usage.text(of: program)) }
      return isDTrace && !error.isUsage ? 1 : ExitStatus.usage
    }
    switch flags.mode {
    case .help:
      print(Usage.text(of: program))
      return ExitStatus.complete
    case .version:
      for line in Version.lines(program, verbose: flags.request.verbose) { print(line) }
      return ExitStatus.complete
    case .link, .header, .list, .run: break
    }
    do {
      try flags.request.preprocess()
    } catch {
      return complain(error, as: program)
    }
    if flags.mode == .link || flags.mode == .header { return writeForCompiler(flags) }
    guard let target = output(flags) else { return isDTrace ? 1 : ExitStatus.usage }
    if flags.mode == .list { return list(flags, to: target) }
    if !flags.request.replay.isEmpty, !flags.request.commands.isEmpty || !flags.request.interfaces.isEmpty {
      note("\(program): -r reads what happened before; -c and --interface are for live runs")
      return ExitStatus.usage
    }
    guard !flags.request.pieces.isEmpty else {
      if flags.request.compileOnly, isDTrace { return ExitStatus.complete }
      note("\(program): no probes specified" + (isDTrace ? "" : "; try --help"))
      return isDTrace ? 1 : ExitStatus.usage
    }
    let status = trace(flags, to: target)
    if flags.request.options.dumpsCore {
      note("\(program): -x core: this is where it ends")
      dumpCore()
    }
    return status
  }

  /// Where the output goes; nil when that cannot be opened, which has been said.
  private func output(_ flags: TraceFlags) -> Int32? {
    guard let path = flags.output else { return STDOUT_FILENO }
    do {
      return try openAppending(path)
    } catch {
      note("\(program): failed to open output file '\(path)': \(error.reason)")
      return nil
    }
  }

  private func trace(_ flags: TraceFlags, to target: Int32) -> Int32 {
    var request = flags.request
    request.output = target
    let out: (RawSpan) -> Bool = { write($0, to: target) }
    do {
      let end =
        if !request.replay.isEmpty {
          try traceReplay(request, paths: request.replay, out: out, note: { note($0) })
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

  private func list(_ flags: TraceFlags, to target: Int32) -> Int32 {
    do {
      for line in try listProbes(flags.request, note: { note($0) }) {
        guard write(RawSpan(_elements: line.span), to: target) else { break }
      }
      return ExitStatus.complete
    } catch {
      return complain(error, as: program)
    }
  }
}

/// What `-V` prints.
enum Version {
  /// The D that the programs are read as, as scripts compare it.
  static let language = "2.0"

  static func lines(_ program: String, verbose: Bool) -> [String] {
    let first = program == "dtrace" ? "dtrace: Oracle D \(language)" : "\(program): D \(language)"
    return verbose ? [first, "This is Culprit, which runs D on Linux under its own name and as dtrace"] : [first]
  }
}
