package import Foundation

/// The captures with known answers, which stand beside the repository and not in it.
package enum SharedCaptures {
  /// ../shared/captures from the repository's root.
  package static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/captures")

  /// Why tests over the captures do not run; nil when they do.
  package static let absence: String? =
    FileManager.default.fileExists(atPath: folder.appendingPathComponent("MANIFEST.tsv").path)
    ? nil : "no captures at \(folder.path)"

  /// A line of MANIFEST.tsv.
  package struct Entry: Sendable, CustomStringConvertible {
    package var name: String
    package var format: String
    package var linkType: String
    /// Packets, as capinfos counts them.
    package var packets: Int
    package var protocols: Set<String>
    package var url: URL { SharedCaptures.folder.appendingPathComponent(name) }
    package var description: String { name }
  }

  package static let entries: [Entry] = {
    guard let text = try? String(contentsOf: folder.appendingPathComponent("MANIFEST.tsv"), encoding: .utf8) else {
      return []
    }
    return text.split(separator: "\n").dropFirst().map { line in
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Entry(
        name: columns[0], format: columns[4], linkType: columns[5], packets: Int(columns[6]) ?? 0,
        protocols: Set(columns[8].split(separator: ",").map(String.init)))
    }
  }()

  /// The rows of NAME.flows.tsv, keyed by protocol and both ends; nil when there is no such file.
  package static func flows(of name: String) throws -> [String: [UInt64]]? {
    let url = folder.appendingPathComponent(name + ".flows.tsv")
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    var rows: [String: [UInt64]] = [:]
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
      let columns = line.split(separator: "\t").map(String.init)
      rows[columns[0...2].joined(separator: "\t")] = columns[3...6].map { UInt64($0)! }
    }
    return rows
  }
}
