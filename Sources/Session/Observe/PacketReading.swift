package import Dissection
package import Events
import Files
import Recording

func opened(_ paths: [String]) throws(TraceProblem) -> FileReading {
  do {
    return FileReading(try RecordingReader(paths: paths))
  } catch {
    throw .input(told(error, in: paths.first ?? "-"))
  }
}

/// What was wrong with the file.
private func told(_ error: CaptureFileError, in path: String) -> String {
  let text = "\(error)"
  return text.contains(path) ? text : "\(path): \(text)"
}

/// Files that are read as one. What is wrong with one of them is noted, and the next is read.
struct FileReading: ~Copyable {
  var reader: RecordingReader
  private var damages: [String] = []

  init(_ reader: consuming RecordingReader) { self.reader = reader }

  /// The next record; nil at the end of the last file. Fails only when a signal interrupts the wait for a pipe: then it may be called
  /// again.
  mutating func next() throws(Interruption) -> RecordingReader.Item? {
    while true {
      do throws(CaptureFileError) {
        return try reader.next()
      } catch {
        if case .system(let cause) = error, cause.isInterruption { throw Interruption() }
        damages.append(told(error, in: reader.brokenPath))
      }
    }
  }

  /// The next record when it is a packet that was read already; nil when `next()` must be asked.
  @inline(__always)
  mutating func nextAtHand() -> FrameInfo? { reader.nextAtHand() }

  struct Interruption: Error {}

  /// What was wrong, in one line; nil when all was read to its end.
  var damage: String? { damages.isEmpty ? nil : damages.joined(separator: "; ") }
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
/// - Returns: what was wrong with a file, if one could not be read to its end.
package func readPackets(_ paths: [String], _ body: (PacketLine) -> Bool) throws(TraceProblem) -> String? {
  var files = try opened(paths)
  var number: UInt64 = 0
  while let item = try? files.next() {
    guard case .packet(let info) = item else { continue }
    number += 1
    let layers = dissect(files.reader.bytes, link: info.linkType, wireLength: info.wireLength)
    if !body(PacketLine(number: number, info: info, layers: layers, owner: files.reader.owner)) { break }
  }
  return files.damage
}
