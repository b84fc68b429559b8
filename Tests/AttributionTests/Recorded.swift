import Bytes
import Dissection
import Events
import Foundation
import Recording
import Support

/// A packet of a recording: what its headers say, whose it is said to be, and who its payload says sent it.
struct Recorded {
  var info: FrameInfo
  var layers: Layers
  var owner: Owner
  /// `LABEL PID=n …` in the payload, as `control` and `senders.py` write it.
  var claim: (label: String, pid: UInt32)?

  var key: FlowKey? { layers.flowKey }
  var pid: UInt32? { owner.actor?.process.pid }
  /// For a message about what is wrong.
  var text: String {
    "\(key.map { "\($0.proto) \($0.source) > \($0.destination)" } ?? "no IP") flags \(layers.tcpFlags) "
      + "\(info.direction): \(pid.map(String.init) ?? "nobody") \(owner.role) \(owner.confidence) \(owner.reason)"
  }
}

/// A recording that is being made in a lab by `culprit record`.
final class Recorder {
  let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString).pcapng").path
  private let culprit: Child

  /// Records from `interfaces` of the side, and begins to.
  init(_ interfaces: [String], in side: Lab.Side, _ more: [String] = []) throws {
    let options = interfaces.flatMap { ["--interface", $0] }
    culprit = try Child([Lab.program("culprit"), "record", "-o", path] + options + more, in: side)
    try culprit.line { $0.hasPrefix("culprit: recording to ") }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Ends the recording and reads it.
  func packets() throws -> [Recorded] {
    guard culprit.stop(SIGINT) == .exited(0) else { throw Failure(lines: culprit.errors) }
    guard let losses = culprit.errors.last, losses.hasPrefix("culprit: lost: ") else {
      throw Failure(lines: culprit.errors)
    }
    let counts = losses.dropFirst(15).split(separator: ", ").compactMap {
      $0.split(separator: " ").last.flatMap { Int($0) }
    }
    guard counts.count > 5, counts.allSatisfy({ $0 == 0 }) else { throw Failure(lines: [losses]) }
    return try Self.packets(of: path)
  }

  struct Failure: Error, CustomStringConvertible {
    var lines: [String]
    var description: String { lines.joined(separator: "\n") }
  }

  private static func packets(of path: String) throws -> [Recorded] {
    var reader = try RecordingReader(path: path)
    var packets: [Recorded] = []
    while let item = try reader.next() {
      guard case .packet(let info) = item else { continue }
      let layers = dissect(reader.bytes, link: info.linkType, wireLength: info.wireLength)
      let carries = layers.transport == .tcp || layers.transport == .udp || layers.transport == .none
      let text = carries ? String(decoding: reader.bytes.copy(layers.payload), as: UTF8.self) : ""
      let claim = text.firstMatch(of: /(\S+) PID=(\d+)/).flatMap { match in
        UInt32(match.2).map { (label: String(match.1), pid: $0) }
      }
      packets.append(
        Recorded(info: info, layers: layers, owner: reader.owner ?? .unattributed("not-recorded"), claim: claim))
    }
    return packets
  }
}

extension [Recorded] {
  /// Both directions of each conversation that somebody claims a packet of, with who began it.
  var conversations: [(claimant: UInt32, packets: [Recorded])] {
    var claimants: [FlowKey: UInt32] = [:]
    for packet in self {
      guard let key = packet.key, let claim = packet.claim, claimants[key] == nil, claimants[key.reversed] == nil
      else { continue }
      claimants[key] = claim.pid
    }
    return claimants.map { key, pid in
      (pid, filter { $0.key == key || $0.key == key.reversed })
    }
  }
}

/// An empty directory that is removed with its holder.
final class Folder {
  let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
