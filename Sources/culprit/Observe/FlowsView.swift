import Correlation
import Events
import Reports
import Session

/// A report as lines: the flows or their groups, for people or for programs.
struct FlowsView {
  enum Format { case text, json, csv }

  private let report: FlowReport

  init(_ report: FlowReport) { self.report = report }

  func lines(_ grouping: FlowsCommand.Grouping, _ format: Format) -> [String] {
    switch grouping {
    case .flow: lines(Sheet(columns: flowColumns, items: report.rows), format)
    case .process: lines(Sheet(columns: groupColumns(.process), items: report.byProcess()), format)
    case .host: lines(Sheet(columns: groupColumns(.host), items: report.byHost()), format)
    }
  }

  private func lines<Item: FlowCounts>(_ sheet: Sheet<Item>, _ format: Format) -> [String] {
    switch format {
    case .json: sheet.json
    case .csv: sheet.csv
    case .text:
      sheet.text(last: total(sheet))
        + (report.withoutFlow == 0 ? [] : ["and \(report.withoutFlow) packets without IP"])
    }
  }

  private func total<Item: FlowCounts>(_ sheet: Sheet<Item>) -> [String: String] {
    func sum(_ count: KeyPath<Item, UInt64>) -> String { "\(sheet.items.reduce(0) { $0 &+ $1[keyPath: count] })" }
    return [
      sheet.columns.first?.title ?? "": "total", "SOURCE": "\(report.rows.count) flows",
      "FLOWS": "\(report.rows.count)",
      "PACKETS OUT": sum(\.packetsOut), "BYTES OUT": sum(\.bytesOut), "PACKETS IN": sum(\.packetsIn),
      "BYTES IN": sum(\.bytesIn),
    ]
  }
}
