import ArgumentParser
import Correlation
import Events
import Files
import Glibc
import Reports
import Session

/// `culprit flows -r FILE`: the conversations of a file with their owners.
struct FlowsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flows", abstract: "Traffic by conversation, with the process that owns it.")

  @Option(name: .customShort("r"), help: "A recording or a capture (pcap, pcapng, .gz; - is standard input).")
  var file: String

  @Flag(help: "One JSON object a line.")
  var json = false

  func run() throws {
    let report: FlowReport
    do { report = try readFlows(file) } catch { throw ExitCode(complain(error)) }
    let rows = report.rows.sorted { $0.flow.first < $1.flow.first }
    if !json { put("PROTO  SOURCE -> DESTINATION  PACKETS BYTES OUT  PACKETS BYTES IN  OWNER\n") }
    for row in rows { put(json ? line(row) : text(row)) }
    if let damage = report.damage {
      note("culprit: \(file): \(damage); what was read before it is shown")
      throw ExitCode(ExitStatus.incomplete)
    }
  }

  private func text(_ row: FlowReport.Row) -> String {
    let flow = row.flow
    return
      "\(protocolName(flow.key.proto))  \(flow.key.source) -> \(flow.key.destination)  \(flow.packetsOut) \(flow.bytesOut)  "
      + "\(flow.packetsIn) \(flow.bytesIn)  \(row.owner.line)\n"
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
    return json.text + "\n"
  }
}

/// Writes text to standard output; a reader that went away ends the program quietly.
func put(_ text: String) {
  let bytes = Array(text.utf8)
  if !write(RawSpan(_elements: bytes.span), to: STDOUT_FILENO) { exit(ExitStatus.complete) }
}
