import Correlation
import Events
import Reports
import Session

/// A report as lines: the flows or their groups, in some order, for people or for programs.
struct FlowsView {
  enum Format { case text, json, csv }

  var grouping: FlowsCommand.Grouping
  var order: FlowOrder
  /// The most lines; nil for all.
  var top: Int?
  var format: Format
  /// The columns of the terminal that a table must fit on; nil for as wide as it is.
  var width: Int?

  /// What a narrow terminal does without, in this order.
  private static let dispensable = ["DURATION", "PACKETS IN", "PACKETS OUT", "NAMES", "RTT", "RETRANS", "STATE"]

  func lines(_ report: FlowReport) -> [String] {
    guard let grouping = FlowGrouping(rawValue: grouping.rawValue) else {
      return lines(report.rows, flowColumns, report, report.rows.total)
    }
    let groups = report.grouped(by: grouping)
    return lines(groups, groupColumns(grouping), report, groups.total)
  }

  private func lines<All: RandomAccessCollection>(
    _ all: All, _ columns: [Column<All.Element>], _ report: FlowReport, _ total: @autoclosure () -> FlowTotal
  ) -> [String] where All.Element: FlowCounts, All.Index == Int {
    let sheet = Sheet(columns: columns, items: chosen(all))
    switch format {
    case .json: return sheet.json
    case .csv: return sheet.csv
    case .text:
      return sheet.text(last: last(columns, report, total()), width: width, dispensable: Self.dispensable)
        + remarks(all.count - sheet.items.count, report)
    }
  }

  /// Those that are shown, in their order. They come with the most bytes first, and by their first packet where these are equal.
  private func chosen<All: RandomAccessCollection>(_ all: All) -> [All.Element]
  where All.Element: FlowCounts, All.Index == Int {
    let most = top ?? all.count
    if order == .bytes { return Array(all.prefix(most)) }
    let places = all.indices.map { (value: order.value(all[$0]), place: $0) }.sorted {
      $0.value != $1.value ? $0.value > $1.value : $0.place < $1.place
    }
    return places.prefix(most).map { all[$0.place] }
  }

  private func last<Item>(_ columns: [Column<Item>], _ report: FlowReport, _ total: FlowTotal) -> [String: String] {
    [
      columns.first?.title ?? "": "total", "SOURCE": "\(report.rows.count) flows", "FLOWS": "\(report.rows.count)",
      "PACKETS OUT": "\(total.packetsOut)", "BYTES OUT": "\(total.bytesOut)", "PACKETS IN": "\(total.packetsIn)",
      "BYTES IN": "\(total.bytesIn)", "RETRANS": "\(total.retransmissions)",
    ]
  }

  /// What no line shows.
  private func remarks(_ hidden: Int, _ report: FlowReport) -> [String] {
    var found: [String] = []
    if hidden > 0 { found.append("and \(hidden) more lines, which are in the total") }
    if report.withoutFlow.packets > 0 {
      found.append("and \(report.withoutFlow.packets) packets (\(report.withoutFlow.bytes) bytes) without IP")
    }
    if report.evictions > 0 {
      found.append(
        "and \(report.evictions) flows that gave their places to later ones, \(report.evicted.packets) packets (\(report.evicted.bytes) bytes)"
      )
    }
    return found
  }
}

/// What the lines are ordered by; the most, the longest or the latest first.
enum FlowOrder: String, CaseIterable {
  case bytes, packets
  case bytesOut = "bytes-out"
  case bytesIn = "bytes-in"
  case duration, first, last, retransmissions, rtt, flows

  func value(_ item: some FlowCounts) -> Int64 {
    switch self {
    case .bytes: Int64(clamping: item.bytesOut &+ item.bytesIn)
    case .packets: Int64(clamping: item.packetsOut &+ item.packetsIn)
    case .bytesOut: Int64(clamping: item.bytesOut)
    case .bytesIn: Int64(clamping: item.bytesIn)
    case .duration: item.last.since(item.first)
    case .first: item.first.nanoseconds
    case .last: item.last.nanoseconds
    case .retransmissions: Int64(clamping: item.retransmissions)
    case .rtt: item.rtt ?? -1
    case .flows: Int64(item.flows)
    }
  }
}
