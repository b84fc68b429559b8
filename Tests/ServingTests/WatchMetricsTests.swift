import Foundation
import Glibc
import Support
import Testing

/// `culprit watch --metrics` while it watches.
struct WatchMetricsTests {
  /// Sample names with their labels, and values.
  private func metrics(_ address: String, in side: Lab.Side) throws -> [String: Double] {
    let curl = try Child(["curl", "-s", "--noproxy", "*", address], in: side)
    #expect(curl.wait(within: 60) == .exited(0))
    var values: [String: Double] = [:]
    for line in curl.output where !line.hasPrefix("#") {
      let parts = line.split(separator: " ")
      let value = try #require(Double(parts.last ?? ""), "\(line)")
      values[parts.dropLast().joined(separator: " ")] = value
    }
    return values
  }

  private static let rule = """
    /*---
    id: T-1
    version: 1.0.0
    title: A test
    status: test
    severity: low
    confidence: high
    risk: 1
    attack: {version: 18, techniques: [T1040]}
    needs: {events: [packet], complete: true}
    dedup: {key: [name], for: 1h}
    why: to be counted
    ---*/
    BEGIN { finding("begun"); }
    packet::udp:receive /args[5]->udp_dport == 4242/ { finding("a datagram"); }

    """

  @Test(
    .live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"),
    .enabled(if: Lab.has("curl"), "needs curl")) func `what is watched, found and lost is counted`() throws
  {
    let lab = try Lab("metrics")
    let folder = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "name: mine\nversion: 1.0.0\ntitle: Mine\nlicense: none\n".write(
      toFile: folder + "/pack.yaml", atomically: true, encoding: .utf8)
    try Self.rule.write(toFile: folder + "/T-1.d", atomically: true, encoding: .utf8)
    let watch = try Child(
      [
        Lab.program("culprit"), "watch", "--interface", "vA", "--rules", folder, "--metrics", "127.0.0.1:0",
        "-o", "text=-", "-o", "unix:\(folder)/none",
      ], in: lab.a)
    let line = try watch.line { $0.hasPrefix("culprit: metrics at ") }
    let address = String(try #require(line.split(separator: " ").last))
    try watch.line { $0.hasSuffix(": begun") }
    try lab.send(3, toPort: 4242)
    try watch.line { $0.hasSuffix(": a datagram") }

    // Counts are left some times a second: asked for until the last of the three has come.
    var counts = try metrics(address, in: lab.a)
    while counts["culprit_packets_total", default: 0] < 3 { counts = try metrics(address, in: lab.a) }
    #expect(counts["culprit_rules"] == 1)
    #expect(counts.keys.contains { $0.hasPrefix("culprit_rule_seconds_total{rule=") }, "\(counts.keys)")
    #expect(counts["culprit_findings_total{rule=\"T-1\",severity=\"low\"}"] == 2)
    #expect(counts["culprit_exported_total{output=\"standard output\"}"] == 2)
    #expect(counts["culprit_export_queue{output=\"unix:\(folder)/none\"}"] == 2)
    #expect(counts["culprit_export_lost_total{output=\"unix:\(folder)/none\"}"] == 0)
    #expect(counts["culprit_pcap_dropped_total{interface=\"vA\"}"] == 0)
    #expect(counts["culprit_pcap_received_total{interface=\"vA\"}", default: 0] >= 3, "\(counts)")
    #expect(counts["culprit_events_lost_total{stage=\"kernel-ring\"}"] != nil, "\(counts)")
    #expect(counts["culprit_reloads_total{result=\"taken\"}"] == 0)

    try "name: mine\n".write(toFile: folder + "/pack.yaml", atomically: true, encoding: .utf8)
    kill(watch.pid, SIGHUP)
    try watch.line { $0 == "culprit: the rules stay as they were" }
    repeat { counts = try metrics(address, in: lab.a) } while counts["culprit_reloads_total{result=\"refused\"}"] != 1
    #expect(watch.stop(SIGTERM) == .exited(1))
  }

  @Test(arguments: ["9466", "0.0.0.0:9466", "127.0.0.1:", "192.0.2.1:80", "localhost:9466", "127.0.0.1:70000"])
  func `metrics are for this machine alone`(place: String) throws {
    let child = try Child([Lab.program("culprit"), "watch", "--metrics", place])
    #expect(child.wait(within: 60) == .exited(2) && child.output == [] && child.errors.count == 1, "\(child.errors)")
  }
}
