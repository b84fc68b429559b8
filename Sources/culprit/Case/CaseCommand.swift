import ArgumentParser
import Cases
import Files
import Glibc
import Reports
import Session

/// `culprit case`: what a process does, question by question with the evidence, and the verdict.
struct CaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case",
    abstract: "Investigate a process: does it transmit, to whom, does it sniff, where does that go?")

  @Option(name: .customShort("p"), help: "The process.")
  var pid: UInt32?

  @Option(name: .customShort("c"), help: "A command to start and to investigate, with all that it starts.")
  var command: String?

  @Option(name: .customShort("r"), help: "A recording instead of this machine; several files are read as one.")
  var recording: [String] = []

  @Option(help: "Which process of the recording: its pid or its name.")
  var process: String?

  @Option(help: "An interface whose packets are evidence too; may be given again.")
  var interface: [String] = []

  @Option(help: "How long to look, such as 30s.")
  var duration = "10s"

  @Flag(help: "The case as one JSON object.")
  var json = false

  func validate() throws {
    guard [pid != nil, command != nil, !recording.isEmpty].filter(\.self).count == 1 else {
      throw ValidationError("whom: one of -p PID, -c COMMAND and -r FILE")
    }
    guard !recording.isEmpty || process == nil else {
      throw ValidationError("--process chooses out of a recording (-r)")
    }
    guard recording.isEmpty || interface.isEmpty else {
      throw ValidationError("a recording (-r) has its own interfaces")
    }
    guard seconds(duration) != nil else { throw ValidationError("'\(duration)' is not a duration such as 30s") }
  }

  func run() throws {
    var request = CaseRequest()
    request.observation.target = pid
    request.observation.command = command
    request.observation.interfaces = interface
    request.observation.duration = seconds(duration)
    request.observation.isLocal = true
    request.recording = recording
    request.process = process
    request.again = again
    let onTerminal = isatty(STDERR_FILENO) == 1
    do {
      let report = try investigate(request) { process in
        note("culprit: watching process \(process) for \(duration)")
      } progress: { progress in
        if onTerminal { note("\(progress.elapsed / 1_000_000_000) of \(duration): \(progress.events) events") }
      }
      show(report)
      throw ExitCode(report.exitCode)
    } catch let problem as TraceProblem {
      throw ExitCode(complain(problem))
    }
  }

  private func show(_ report: CaseReport) {
    let text = json ? caseJSON(report) + "\n" : caseText(report, style: .ofStandardOutput)
    let bytes = Array(text.utf8)
    _ = write(RawSpan(_elements: bytes.span), to: STDOUT_FILENO)
  }

  /// The command line that asks the same.
  private var again: String {
    var words = ["culprit", "case"]
    if let pid { words += ["-p", "\(pid)"] }
    if let command { words += ["-c", quoted(command)] }
    for file in recording { words += ["-r", quoted(file)] }
    if let process { words += ["--process", quoted(process)] }
    for name in interface { words += ["--interface", quoted(name)] }
    if duration != "10s" { words += ["--duration", duration] }
    if json { words.append("--json") }
    return words.joined(separator: " ")
  }
}

extension CaseStyle {
  /// Colour for terminals alone, and as wide as they are.
  fileprivate static var ofStandardOutput: CaseStyle {
    guard let terminal = Terminal(STDOUT_FILENO) else { return CaseStyle() }
    return CaseStyle(width: terminal.columns ?? 100, colour: terminal.allowsColour)
  }
}

/// As a shell reads it.
private func quoted(_ word: String) -> String {
  let plain = word.utf8.allSatisfy { byte in
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || "_-./:=@%+,".utf8.contains(byte)
  }
  if plain, !word.isEmpty { return word }
  return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
