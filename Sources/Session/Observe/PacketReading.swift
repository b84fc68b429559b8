package import Dissection
package import Events
import Recording

func opened(_ paths: [String]) throws(TraceProblem) -> RecordingReader {
  do {
    return try RecordingReader(paths: paths)
  } catch {
    throw .input(told(error, in: paths.first ?? "-"))
  }
}

/// What was wrong with the file.
func told(_ error: CaptureFileError, in path: String) -> String {
  let text = "\(error)"
  return text.contains(path) ? text : "\(path): \(text)"
}

/// One packet of a file with its owner.
package struct PacketLine: Sendable {
  package var number: UInt64
  package var info: FrameInfo
  package var layers: Layers
  package var owner: Owner?

  package init(number: UInt64, info: FrameInfo, layers: Layers, owner: Owner?) {
    self.number = number
    self.info = info
    self.layers = layers
    self.owner = owner
  }
}

/// Calls `body` with each packet of the files, read as one, until it says no.
/// - Returns: what was wrong with the file, if it could not be read to its end.
package func readPackets(_ paths: [String], _ body: (PacketLine) -> Bool) throws(TraceProblem) -> String? {
  var reader = try opened(paths)
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
    return told(error, in: reader.path)
  }
}
