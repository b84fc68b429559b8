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

  func validate() throws {
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
    for line in json ? view.json(by) : view.text(by) { put(line + "\n") }
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

/// A report as lines.
struct FlowsView {
  private let report: FlowReport

  init(_ report: FlowReport) { self.report = report }

  private static let counts: [(String, TextTable.Alignment)] = [
    ("PACKETS OUT", .right), ("BYTES OUT", .right), ("PACKETS IN", .right), ("BYTES IN", .right),
  ]

  func text(_ grouping: FlowsCommand.Grouping) -> [String] {
    var table: TextTable
    var total: [UInt64] = [0, 0, 0, 0]
    func counted(_ counts: [UInt64]) -> [String] {
      for index in total.indices { total[index] &+= counts[index] }
      return counts.map { "\($0)" }
    }
    let count: Int
    switch grouping {
    case .flow:
      table = TextTable(
        [("PROTO", .left), ("SOURCE", .left), ("DESTINATION", .left)] + Self.counts + [("OWNER", .left)])
      for row in report.rows {
        let flow = row.flow
        let cells = counted([flow.packetsOut, flow.bytesOut, flow.packetsIn, flow.bytesIn])
        table.add(
          [protocolName(flow.key.proto), end(flow.key.source), end(flow.key.destination)] + cells + [row.owner.line])
      }
      count = report.rows.count
      table.add(["total", "\(count) flows", ""] + total.map { "\($0)" } + [remark])
    case .process, .host:
      let groups = grouping == .process ? report.byProcess() : report.byHost()
      table = TextTable([(grouping == .process ? "PROCESS" : "HOST", .left), ("FLOWS", .right)] + Self.counts)
      for group in groups {
        let cells = counted([group.packetsOut, group.bytesOut, group.packetsIn, group.bytesIn])
        table.add([group.owner?.line ?? group.host?.description ?? "-", "\(group.flows)"] + cells)
      }
      table.add(["total", "\(report.rows.count)"] + total.map { "\($0)" })
    }
    return table.lines + (grouping == .flow || remark.isEmpty ? [] : [remark])
  }

  /// What no line shows.
  private var remark: String {
    report.withoutFlow == 0 ? "" : "and \(report.withoutFlow) packets without IP"
  }

  /// Protocols without ports have addresses alone.
  private func end(_ endpoint: Endpoint) -> String {
    endpoint.port == 0 ? endpoint.address.description : endpoint.description
  }

  func json(_ grouping: FlowsCommand.Grouping) -> [String] {
    switch grouping {
    case .flow: report.rows.map(line)
    case .process: report.byProcess().map(line)
    case .host: report.byHost().map(line)
    }
  }

  private func line(_ row: FlowReport.Row) -> String {
    let flow = row.flow
    var json = JSON()
    json.object { json in
      json.string("proto", protocolName(flow.key.proto))
      json.string("src", flow.key.source.address.description)
      json.number("sport", flow.key.source.port)
      json.string("dst", flow.key.destination.address.description)
      json.number("dport", flow.key.destination.port)
      json.number("packets_out", flow.packetsOut)
      json.number("bytes_out", flow.bytesOut)
      json.number("packets_in", flow.packetsIn)
      json.number("bytes_in", flow.bytesIn)
      json.seconds("first", nanoseconds: flow.first.nanoseconds)
      json.seconds("last", nanoseconds: flow.last.nanoseconds)
      json.array("names") { _ in }
      row.owner.write(to: &json, as: "owner")
    }
    return json.text
  }

  private func line(_ group: FlowGroup) -> String {
    var json = JSON()
    json.object { json in
      if let host = group.host { json.string("host", host.description) }
      json.number("flows", group.flows)
      json.number("packets_out", group.packetsOut)
      json.number("bytes_out", group.bytesOut)
      json.number("packets_in", group.packetsIn)
      json.number("bytes_in", group.bytesIn)
      json.seconds("first", nanoseconds: group.first.nanoseconds)
      json.seconds("last", nanoseconds: group.last.nanoseconds)
      if let owner = group.owner { owner.write(to: &json, as: "owner") }
    }
    return json.text
  }
}

/// Writes text to standard output; a reader that went away ends the program quietly.
func put(_ text: String) {
  let bytes = Array(text.utf8)
  if !write(RawSpan(_elements: bytes.span), to: STDOUT_FILENO) { exit(ExitStatus.complete) }
}
