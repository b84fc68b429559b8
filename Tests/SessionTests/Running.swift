import Bytes
import DSemantics
import Foundation
import Session

/// What a D program said of a file.
struct Answer {
  var output: String
  var notes: [String]
  var end: ObservationEnd
  var exitStatus: Int32
  /// The aggregations that were asked for, by name.
  var rows: [String: [AggregationRow]]

  var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false) }
}

/// What somebody hears line by line.
private final class Heard {
  var output: [UInt8] = []
  var notes: [String] = []
}

/// Runs D text over a file, as `culprit -q -n TEXT -r PATH` does.
func answer(
  _ text: String, over path: String, target: UInt32? = nil, quiet: Bool = true, rows names: [String] = []
) throws -> Answer {
  let heard = Heard()
  var request = TraceRequest()
  request.pieces = [.init(isScript: false, label: "test", text: text)]
  request.options.quiet = quiet
  var replay = try Replay([path])
  var trace = try HostTrace(request, target: target, interfaces: replay.interfaceNames) { bytes in
    for index in 0..<bytes.byteCount { heard.output.append(bytes.byte(at: index)) }
    return true
  } note: { line in
    heard.notes.append(line)
  }
  let end = try replay.run(&trace)
  trace.finish(at: end.time)
  let rows = Dictionary(uniqueKeysWithValues: names.map { ($0, trace.rows(of: $0)) })
  return Answer(
    output: String(decoding: heard.output, as: UTF8.self), notes: heard.notes, end: end, exitStatus: trace.exitStatus,
    rows: rows)
}

/// The complaints about D text that cannot be run over files.
func complaints(_ text: String, over path: String) throws -> String {
  do {
    _ = try answer(text, over: path)
  } catch TraceProblem.badProgram(let complaints) {
    return complaints.joined()
  }
  return ""
}
