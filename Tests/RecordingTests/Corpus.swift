import Bytes
import Events
import Foundation
import Recording
import Testing

/// The shared captures, beside the repository.
let corpusFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("shared/captures").path

/// A row of the captures' MANIFEST.
struct Sample: CustomTestStringConvertible {
  var name: String
  var format: String
  var packets: Int
  /// Of the file.
  var bytes: Int
  var path: String { corpusFolder + "/" + name }
  var testDescription: String { name }
}

let corpus: [Sample] = {
  guard let text = try? String(contentsOfFile: corpusFolder + "/MANIFEST.tsv", encoding: .utf8) else { return [] }
  return text.split(separator: "\n").dropFirst().compactMap { line in
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count > 7, let packets = Int(fields[6]), let bytes = Int(fields[7]) else { return nil }
    return Sample(name: fields[0], format: fields[4], packets: packets, bytes: bytes)
  }
}()

let readableCorpus = corpus.filter { $0.format != "snoop" }

/// A file read to its end or its damage.
struct Contents {
  var packets = 0
  var capturedBytes = 0
  var wireBytes = 0
  /// Each packet as `time captured length direction link interface checksum owner id`.
  var lines: [String] = []
  var frames: [FrameInfo] = []
  var bytes: [[UInt8]] = []
  var owners: [Owner?] = []
  var ids: [UInt64?] = []
  var events: [Event] = []
  var processes: [ProcessRecord] = []
  var interfaces: [RecordedInterface] = []
  var statistics: [InterfaceStatistics] = []
  /// The kinds of items in their order: `p`acket, `e`vent, proce`s`s, `i`nterface, s`t`atistics.
  var order = ""
  var error: CaptureFileError?
  var damaged = 0
}

func contents(_ path: String, keepLines: Bool = true) -> Contents { contents([path], keepLines: keepLines) }

/// The same of several files, read as one.
/// - Parameter atHand: packets are taken from what was read already, where there are any.
func contents(_ paths: [String], keepLines: Bool = true, atHand: Bool = false) -> Contents {
  var found = Contents()
  do throws(CaptureFileError) {
    var reader = try RecordingReader(paths: paths)
    defer { (found.interfaces, found.damaged) = (reader.interfaces, reader.damagedRecords) }
    func next(_ reader: inout RecordingReader) throws(CaptureFileError) -> RecordingReader.Item? {
      if atHand, let info = reader.nextAtHand() { return .packet(info) }
      return try reader.next()
    }
    while let item = try next(&reader) {
      switch item {
      case .packet(let info):
        if keepLines { found.order += "p" }
        found.packets += 1
        found.capturedBytes += reader.bytes.byteCount
        found.wireBytes += info.wireLength
        guard keepLines else { continue }
        found.lines.append(line(info, reader))
        found.frames.append(info)
        found.bytes.append(reader.bytes.copy(0..<reader.bytes.byteCount))
        found.owners.append(reader.owner)
        found.ids.append(reader.packetID)
      case .event(let event):
        found.order += "e"
        found.events.append(event)
      case .process(let process):
        found.order += "s"
        found.processes.append(process)
      case .interface: found.order += "i"
      case .statistics(let statistics):
        found.order += "t"
        found.statistics.append(statistics)
      }
    }
  } catch {
    found.error = error
  }
  return found
}

private func line(_ info: FrameInfo, _ reader: borrowing RecordingReader) -> String {
  var checksum: UInt64 = 0xcbf2_9ce4_8422_2325
  for index in 0..<reader.bytes.byteCount {
    checksum = (checksum ^ UInt64(reader.bytes.byte(at: index))) &* 0x100_0000_01b3
  }
  let owner = reader.owner.map { "\($0)" } ?? "-"
  let id = reader.packetID.map(String.init) ?? "-"
  return "\(info.time.nanoseconds) \(reader.bytes.byteCount) \(info.wireLength) \(info.direction) "
    + "\(info.linkType.number) \(info.interface) \(checksum) \(owner) \(id)"
}
