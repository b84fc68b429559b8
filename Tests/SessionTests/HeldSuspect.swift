import Foundation
import Glibc
import Support

/// A process of a lab that waits to become a sniffer: whoever is to watch it from its first moment can begin before. It starts a copy
/// of srg that sniffs on A's interface and logs through a child of its own, waits again, and at last becomes a process that sends
/// datagrams without a connection, and ends. All that is seen of it happens in that time.
final class HeldSuspect {
  let lab: Lab
  /// The sniffer's name, which no other process has.
  let name: String
  let process: Child
  private let home = FileManager.default.temporaryDirectory.appending(path: "held-\(UUID().uuidString)").path
  private let others: [Child]

  /// Lines that the sniffer writes before it ends.
  private static let lines = 12

  init(in lab: Lab) throws {
    self.lab = lab
    name = "srg\(getpid())x\(Int.random(in: 100..<1000))"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Lab.program("srg"), toPath: "\(home)/\(name)")
    for gate in ["sniff", "send"] {
      guard unsafe mkfifo("\(home)/\(gate)", 0o600) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
    others = try ["7000", "8000", "53"].map { port in
      let collector = try Child([Lab.program("collector"), port], in: lab.b)
      try collector.line { $0.hasSuffix("listens on port \(port)") }
      return collector
    }
    process = try Child(
      [
        "sh", "-c",
        """
        read -r line <'\(home)/sniff'
        '\(home)/\(name)' --pipe --count \(Self.lines) --config /dev/null vA 10.200.1.2:7000
        read -r line <'\(home)/send'
        exec '\(Lab.program("control"))' last 10.200.1.2:8000 10
        """,
      ], in: lab.a)
  }

  deinit { try? FileManager.default.removeItem(atPath: home) }

  /// Lets it do all that, among others that look a name up, ask for a page and send over IPv6.
  func play() throws {
    try open("sniff")
    try process.line(within: 60) { $0 == "Using device vA (promiscuous mode)" }
    let everyday = try Child(
      [
        "bash", "-c",
        #"""
        printf '\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\3net\0\0\1\0\1' >/dev/udp/10.200.1.2/53
        printf 'GET /x HTTP/1.1\r\nHost: www.example.net\r\n\r\n' >/dev/tcp/10.200.1.2/8000
        echo six >/dev/udp/fd00:200::2/8000
        """#,
      ], in: lab.a)
    guard everyday.wait(within: 60) == .exited(0) else { throw Unplayed(description: "\(everyday.errors)") }
    try lab.send(Self.lines, toPort: 9)
    try process.line(within: 60) { $0.contains(" packets scanned, ") }
    try open("send")
    guard process.wait(within: 60) == .exited(0) else { throw Unplayed(description: "\(process.errors)") }
  }

  /// Opens when the other side has it open too.
  private func open(_ gate: String) throws {
    try "now\n".write(toFile: "\(home)/\(gate)", atomically: false, encoding: .utf8)
  }

  /// A `culprit` that has further words behind its own; under the name of dtrace it reads no recordings.
  func culprit(_ label: String, _ more: [String]) throws -> String {
    let folder = "\(home)/\(label)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let words = more.map { "'\($0)'" }.joined(separator: " ")
    try "#!/bin/sh\nexec '\(Lab.program("culprit"))' \"$@\" \(words)\n".write(
      toFile: "\(folder)/culprit", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/culprit")
    return "\(folder)/culprit"
  }

  func file(_ name: String) -> String { "\(home)/\(name)" }
}

/// Why a run says nothing.
struct Unplayed: Error, CustomStringConvertible {
  var description: String
}
