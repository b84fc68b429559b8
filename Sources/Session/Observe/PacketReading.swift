package import Dissection
package import Events
import Recording

func opened(_ path: String) throws(TraceProblem) -> RecordingReader {
  do {
    return try RecordingReader(path: path)
  } catch {
    let text = "\(error)"
    throw .input(text.contains(path) ? text : "\(path): \(text)")
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
