package import Correlation
package import Dissection
package import Events
import Recording

/// The conversations of a capture or a recording, with their owners where it names them.
package struct FlowReport: Sendable {
  package struct Row: Sendable {
    package var flow: Flow
    /// The best answer that any of its packets has.
    package var owner: Owner
  }
  package var rows: [Row] = []
  package var packets = 0
  /// Packets without an IP header: they belong to no flow.
  package var withoutFlow = 0
  package var evictions: UInt64 = 0
  /// What was wrong with the file, if it could not be read to its end.
  package var damage: String?
  package init() {}
}

/// Reads a file once. What could be read before damage is kept.
package func readFlows(_ path: String) throws(TraceProblem) -> FlowReport {
  var report = FlowReport()
  var table = FlowTable()
  // By the index of the flow. How sure the owners are stands beside them: to ask an owner for it would copy the owner.
  var owners: [Owner?] = []
  var confidences: [Owner.Confidence?] = []
  var reader = try opened(path)
  var layers = Layers(link: 0, wireLength: 0, capturedLength: 0)
  do {
    while let item = try reader.next() {
      guard case .packet(let info) = item else { continue }
      report.packets += 1
      dissect(reader.bytes, link: info.linkType, wireLength: info.wireLength, into: &layers)
      guard let recorded = table.record(layers, at: info.time) else {
        report.withoutFlow += 1
        continue
      }
      if recorded.index == owners.count {
        owners.append(nil)
        confidences.append(nil)
      } else if recorded.isNew {
        // The place of a flow that was evicted.
        owners[recorded.index] = nil
        confidences[recorded.index] = nil
      }
      guard let owner = reader.owner(surerThan: confidences[recorded.index]) else { continue }
      owners[recorded.index] = owner
      confidences[recorded.index] = owner.confidence
    }
  } catch {
    report.damage = "\(error)"
  }
  report.evictions = table.evictions
  for index in 0..<table.count {
    report.rows.append(.init(flow: table[index], owner: owners[index] ?? .unattributed("not-recorded")))
  }
  return report
}

func opened(_ path: String) throws(TraceProblem) -> RecordingReader {
  do {
    return try RecordingReader(path: path)
  } catch {
    throw .input("\(path): \(error)")
  }
}

/// One packet of a file with its owner.
package struct PacketLine: Sendable {
  package var number: UInt64
  package var info: FrameInfo
  package var layers: Layers
  package var owner: Owner?
}

/// Calls `body` with each packet until it says no.
/// - Returns: what was wrong with the file, if it could not be read to its end.
package func readPackets(_ path: String, _ body: (PacketLine) -> Bool) throws(TraceProblem) -> String? {
  var reader = try opened(path)
  var number: UInt64 = 0
  do {
    while let item = try reader.next() {
      guard case .packet(let info) = item else { continue }
      number += 1
      let layers = dissect(reader.bytes, link: info.linkType, wireLength: info.wireLength)
      if !body(PacketLine(number: number, info: info, layers: layers, owner: reader.owner)) { return nil }
    }
    return nil
  } catch {
    return "\(error)"
  }
}
