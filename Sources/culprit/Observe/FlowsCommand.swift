import ArgumentParser
import Correlation
import Events
import Files
import Glibc
import Reports
import Session

/// `culprit flows`: the conversations of a file, or of a live run, with their owners.
struct FlowsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flows", abstract: "Traffic by conversation, process or host, with the process that owns it.")

  enum Grouping: String, ExpressibleByArgument, CaseIterable { case process, flow, host }

  @Option(
    name: .customShort("r"),
    help: "A recording or a capture (pcap, pcapng, .gz; - is standard input); several are read as one.")
  var files: [String] = []

  @Option(help: "Without -r: an interface to capture from, live; may be given again (all of them when none is given).")
  var interface: [String] = []

  @Option(help: "How long to capture, such as 30s; else until it is interrupted.")
  var duration: String?

  @Option(help: "What makes a line: process, flow or host.")
  var by = Grouping.flow

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(help: "Comma-separated values (RFC 4180), with a line of names.")
  var csv = false

  private var format: FlowsView.Format { json ? .json : csv ? .csv : .text }

  func validate() throws {
    if json, csv { throw ValidationError("--json and --csv exclude each other") }
    if !files.isEmpty, duration != nil || !interface.isEmpty {
      throw ValidationError("-r reads a file; --interface and --duration are for a live run")
    }
    if let duration, seconds(duration) == nil {
      throw ValidationError("'\(duration)' is not a duration such as 30s")
    }
  }

  func run() throws {
    let report: FlowReport
    do { report = try files.isEmpty ? live() : readFlows(files) } catch { throw ExitCode(complain(error)) }
    let view = FlowsView(report)
    for line in view.lines(by, format) { put(line + "\n") }
    if !report.losses.isEmpty {
      note("culprit: lost: " + report.losses.map { "\($0.stage) \($0.count)" }.joined(separator: ", "))
    }
    if report.evictions > 0 {
      note("culprit: \(report.evictions) flows gave their places to later ones and are not shown")
      throw ExitCode(ExitStatus.incomplete)
    }
    if let damage = report.damage {
      note("culprit: \(damage)")
      throw ExitCode(ExitStatus.incomplete)
    }
  }

  private func live() throws(TraceProblem) -> FlowReport {
    var request = ObservationRequest()
    request.interfaces = interface.isEmpty ? ["any"] : interface
    request.duration = duration.flatMap(seconds)
    let onTerminal = isatty(STDERR_FILENO) == 1
    return try observeFlows(request) {
      note("culprit: watching \(interface.isEmpty ? "all interfaces" : interface.joined(separator: ", "))")
    } progress: { progress in
      if onTerminal { note("\(progress.packets) packets") }
    }
  }
}

/// Writes text to standard output; a reader that went away ends the program quietly.
func put(_ text: String) {
  let bytes = Array(text.utf8)
  if !write(RawSpan(_elements: bytes.span), to: STDOUT_FILENO) { exit(ExitStatus.complete) }
}
