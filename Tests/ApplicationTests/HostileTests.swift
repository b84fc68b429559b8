import Application
import Bytes
import CaptureFiles
import Correlation
import Dissection
import Events
import Foundation
import Testing

/// What the shared captures' conversations say after somebody cut them off or changed bytes in them: anything, but it ends, and is bounded.
@Suite(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"))
struct HostileTests {
  static let names = SharedCaptures.entries
    .filter { !["snoop", "pcap-mod-LE"].contains($0.format) && $0.packets > 0 && $0.packets < 1000 }.map(\.name)

  /// The first frame of each kind of message of a capture, by itself.
  @Test(arguments: names)
  func `a message that is cut off at any length is read or left out`(name: String) throws {
    let file = try Self.file(name)
    var kinds: Set<String> = []
    for said in Said.all(in: file) where said.frame > 0 && kinds.insert(Self.kind(said.message)).inserted {
      let frame = file.frames[said.frame - 1]
      for count in 0...frame.bytes.count {
        var reader = Reader()
        reader.read(Array(frame.bytes.prefix(count)), frame)
        #expect(reader.isInBounds)
      }
    }
  }

  @Test(arguments: names)
  func `frames with flipped bytes are read or left out`(name: String) throws {
    let file = try Self.file(name)
    var random = Sequence(seed: 20_261_129)
    for _ in 0..<3 {
      var reader = Reader()
      for frame in file.frames {
        var bytes = Array(frame.bytes)
        for _ in 0..<random.next(below: 4) where !bytes.isEmpty {
          // More of them where the messages begin.
          let place =
            random.next(below: 2) == 0 ? random.next(below: min(bytes.count, 120)) : random.next(below: bytes.count)
          bytes[place] = UInt8(truncatingIfNeeded: random.next(below: 256))
        }
        if random.next(below: 20) == 0 { bytes.removeLast(random.next(below: bytes.count + 1)) }
        reader.read(bytes, frame)
        if random.next(below: 30) == 0 { reader.read(bytes, frame) }
      }
      reader.finish()
      #expect(reader.isInBounds)
    }
  }

  private static func file(_ name: String) throws -> CaptureFile {
    let entry = try #require(SharedCaptures.entries.first { $0.name == name })
    return try #require(try CaptureFile(entry.url))
  }

  private static func kind(_ message: Message) -> String { String("\(message)".prefix { $0 != "(" }) }

  private struct Reader {
    private var table = FlowTable()
    private var conversations = Conversations()
    /// No packet said more texts than its room holds.
    private(set) var isInBounds = true

    mutating func read(_ bytes: [UInt8], _ frame: CaptureFile.Frame) {
      let span = RawSpan(_elements: bytes.span)
      let layers = dissect(span, link: frame.link, wireLength: frame.wireLength)
      guard let flow = table.record(layers, at: frame.time) else { return }
      _ = conversations.read(layers, span, flow: (flow.index, flow.isNew, flow.isForward), at: frame.time)
      isInBounds = isInBounds && conversations.texts.bytes.count <= 1 << 16
    }

    mutating func finish() { conversations.finish { _, _, _ in } }
  }

  /// Numbers that are the same in every run (SplitMix64).
  private struct Sequence {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next(below limit: Int) -> Int {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      return Int((mixed ^ mixed >> 31) % UInt64(limit))
    }
  }
}
