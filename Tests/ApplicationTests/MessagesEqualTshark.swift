import Application
import CaptureFiles
import Foundation
import Testing

/// What each frame of the shared captures says against tshark's fields, where there is a tshark.
struct MessagesEqualTshark {
  static let tshark = ["/usr/bin/tshark", "/usr/local/bin/tshark"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  static let absence: String? =
    SharedCaptures.absence ?? (tshark == nil ? "no tshark in /usr/bin or /usr/local/bin" : nil)

  static let names = NamesEqualTshark.names

  @Test(.enabled(if: absence == nil, "\(absence ?? "")"), arguments: names)
  func `what a frame says is what tshark reads in it`(name: String) throws {
    let entry = try #require(SharedCaptures.entries.first { $0.name == name })
    let file = try #require(try CaptureFile(entry.url))
    let said = Said.all(in: file)
    // Where tshark found none of these protocols it need not be asked again.
    let theirs = entry.protocols.isDisjoint(with: Self.protocols) ? [] : try Self.run(entry.url.path)
    for (index, field) in Self.fields.enumerated() {
      var ours: [String: Int] = [:]
      for said in said {
        guard let value = field.value(said), !value.isEmpty else { continue }
        ours["\(said.frame) \(value)", default: 0] += 1
      }
      var wanted: [String: Int] = [:]
      for line in theirs {
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
        for value in columns[index + 1].split(separator: "|") { wanted["\(columns[0]) \(value)", default: 0] += 1 }
      }
      let (extra, missing) = (ours.filter { wanted[$0.key] != $0.value }, wanted.filter { ours[$0.key] != $0.value })
      #expect(extra.isEmpty && missing.isEmpty, "\(field.name): only here \(extra), only there \(missing)")
    }
  }

  static let protocols: Set = ["quic", "tls"]

  /// A field as tshark names it, and its value in a message; nil where the message has none.
  static let fields: [(name: String, value: @Sendable (Said) -> String?)] = [
    ("tls.handshake.ja3", { $0.client { $0.ja3 } }),
    ("tls.handshake.ja3s", { $0.server { $0.ja3s } }),
  ]

  private static func run(_ path: String) throws -> [Substring] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tshark!)
    process.arguments =
      ["-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|", "-e", "frame.number"]
      + fields.flatMap { ["-e", $0.name] }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n")
  }
}

extension Said {
  fileprivate func client(_ field: (TLSClientHello) -> TextRange) -> String? {
    if case .tlsClientHello(let hello) = message, hello.carrier != .dtls { string(field(hello)) } else { nil }
  }

  fileprivate func server(_ field: (TLSServerHello) -> TextRange) -> String? {
    if case .tlsServerHello(let hello) = message, hello.carrier != .dtls { string(field(hello)) } else { nil }
  }
}
