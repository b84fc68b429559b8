import Foundation
import Support
import Testing

/// The same findings in the forms of others. `Tests/Lab/schemas.py` holds them against the published schemas.
struct FindingFormatTests {
  private typealias Object = [String: Any]

  private func findings(_ format: String) throws -> [Object] {
    let recording = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../captures/srg.pcapng"
    let child = try Child([Lab.program("culprit"), "watch", "-r", recording, "--format", format])
    #expect(child.wait(within: 60) == .exited(1))
    return try child.output.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? Object) }
  }

  /// A member by its path.
  private func at(_ path: String, _ object: Object) -> String? {
    var value: Any? = object
    for name in path.split(separator: ".") {
      if let list = value as? [Any] { value = list.first }
      value = (value as? Object)?[String(name)]
    }
    if let list = value as? [Any] { value = list.first }
    return value.flatMap { $0 is NSNull ? nil : "\($0)" }
  }

  static let forms: [(String, [String: String])] = [
    (
      "ecs",
      [
        "uid": "event.id", "rule.id": "rule.id", "explain": "message", "risk": "event.risk_score",
        "count": "culprit.count", "attack": "threat.technique.id", "process.entity_id": "process.entity_id",
        "process.pid": "process.pid", "process.exe": "process.executable", "network.src": "source.ip",
        "network.dport": "destination.port", "network.community_id": "network.community_id",
      ]
    ),
    (
      "ocsf",
      [
        "uid": "finding_info.uid", "rule.id": "finding_info.analytic.uid", "explain": "message", "risk": "risk_score",
        "count": "count", "attack": "finding_info.attacks.technique.uid",
        "process.entity_id": "evidences.process.uid", "process.pid": "evidences.process.pid",
        "process.exe": "evidences.process.file.path", "network.src": "evidences.src_endpoint.ip",
        "network.dport": "evidences.dst_endpoint.port",
        "network.community_id": "evidences.connection_info.community_uid",
      ]
    ),
    (
      "eve",
      [
        "uid": "alert.metadata.uid", "rule.id": "alert.metadata.culprit_rule", "explain": "alert.metadata.explain",
        "count": "alert.metadata.count", "attack": "alert.metadata.mitre_technique_id",
        "process.entity_id": "alert.metadata.process_entity_id", "process.pid": "alert.metadata.process_pid",
        "process.exe": "alert.metadata.process_executable", "network.src": "src_ip", "network.dport": "dest_port",
        "network.community_id": "community_id",
      ]
    ),
  ]

  @Test(arguments: forms) func `each form says what Culprit's own says`(format: String, members: [String: String])
    throws
  {
    let own = try findings("json")
    let theirs = try findings(format)
    #expect(own.count == theirs.count && own.contains { at("network.dport", $0) != nil })
    for (own, theirs) in zip(own, theirs) {
      for (name, path) in members { #expect(at(name, own) == at(path, theirs), "\(name) and \(path)") }
    }
  }

  @Test func `moments are written as date(1) writes them`() throws {
    let own = try findings("json")
    let theirs = try findings("ecs")
    for (own, theirs) in zip(own, theirs) {
      let seconds = try #require(own["first"] as? Double)
      let date = try Child(["date", "-u", "-d", "@\(Int(seconds))", "+%Y-%m-%dT%H:%M:%S"])
      #expect(date.wait(within: 10) == .exited(0))
      #expect(try #require(at("@timestamp", theirs)).hasPrefix(try #require(date.output.first) + "."))
    }
  }
}
