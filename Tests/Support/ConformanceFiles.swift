package import Foundation

extension ConformanceRow {
  /// Where the table lies in this repository.
  package static var directory: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Conformance")
  }

  /// Every row of every file, files in the order of their names.
  package static func all() throws -> [ConformanceRow] {
    let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "txt" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    return try files.flatMap { file in
      try parse(String(contentsOf: file, encoding: .utf8), file: file.lastPathComponent)
    }
  }
}
