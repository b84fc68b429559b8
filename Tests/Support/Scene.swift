import Foundation
import Testing

/// A path in the directory for temporary files, with nothing at it; removed with its holder.
package final class TemporaryFile: Sendable {
  package let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString)").path

  package init() {}

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Its text, line by line, without the newlines.
  package var lines: [String] {
    get throws {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      return text.split(separator: "\n").map(String.init)
    }
  }
}

/// A folder among the temporary files, removed with its holder.
package final class TemporaryFolder: Sendable {
  package let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString)").path

  package init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Lab {
  /// The machine that logs are sent to, listening.
  package func collector() throws -> Child {
    let collector = try Child([Lab.program("collector"), "--print", "7000"], in: b)
    try collector.line { $0.hasSuffix("listens on port 7000") }
    return collector
  }

  /// What the collector received, once `count` lines have come; the last may come later than their sender's end.
  package func lines(_ count: Int, of collector: Child) throws -> [String] {
    func received() -> [String] { collector.output.filter { !$0.hasPrefix("collector: ") } }
    try collector.line { _ in received().count >= count }
    #expect(collector.stop() == .exited(0))
    return received()
  }

  /// srg in A, past the point from which it misses no packet. `program` is another copy of it, under a name of its own.
  package func srg(
    _ switches: [String], to collector: String? = "10.200.1.2:7000", program: String = Lab.program("srg")
  ) throws -> Child {
    let end = ["--config", "/dev/null", a.interface] + [collector].compactMap(\.self)
    let srg = try Child([program] + switches + end, in: a)
    try srg.line { $0 == "Using device vA (promiscuous mode)" }
    return srg
  }

  /// Datagrams for a sniffer to hear, twenty a second, until the child is let go.
  package func traffic() throws -> Child {
    let sender = try Child([Lab.program("transmitter"), "--udp", "--rate", "20", "\(a.address):1900"], in: b)
    try sender.line { $0.contains("sends to") }
    return sender
  }

  /// Datagrams from B to a port of A where nobody listens.
  package func send(_ count: Int, toPort port: Int) throws {
    let control = try Child([Lab.program("control"), "c01", "\(a.address):\(port)", "\(count)"], in: b)
    #expect(control.wait() == .exited(0))
  }
}
