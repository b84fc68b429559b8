import Foundation
import Recording
import Testing

/// A packet that was read already is handed out on a shorter way; it is the same packet.
@Suite(.enabled(if: !readableCorpus.isEmpty))
struct AtHandTests {
  private func expectSame(_ paths: [String]) {
    let slow = contents(paths)
    let fast = contents(paths, atHand: true)
    #expect(fast.lines == slow.lines)
    #expect(fast.order == slow.order)
    #expect("\(String(describing: fast.error))" == "\(String(describing: slow.error))")
    #expect(fast.damaged == slow.damaged && fast.interfaces.count == slow.interfaces.count)
  }

  @Test(arguments: readableCorpus)
  func `a packet at hand is the one that is read otherwise`(sample: Sample) { expectSame([sample.path]) }

  @Test func `so it is where several files are read as one`() {
    let small = readableCorpus.filter { $0.bytes < 10_000 }.map(\.path)
    #expect(small.count > 2)
    expectSame(small)
  }

  @Test(arguments: ["pcap", "pcapng"])
  func `so it is where a file is cut off, at every length`(format: String) throws {
    let samples = readableCorpus.filter { $0.name.hasSuffix("." + format) && $0.packets > 2 && $0.bytes < 3000 }
    let sample = try #require(samples.max { $0.packets < $1.packets })
    let whole = try Data(contentsOf: URL(fileURLWithPath: sample.path))
    let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID()).\(format)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: URL(fileURLWithPath: path))
      expectSame([path])
    }
  }

  @Test func `so it is where lengths lie`() throws {
    let samples = readableCorpus.filter { $0.packets > 2 && $0.bytes < 1500 && !$0.name.hasSuffix(".gz") }
    #expect(!samples.isEmpty)
    let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID()).pcap").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    for sample in samples.prefix(4) {
      let whole = try Data(contentsOf: URL(fileURLWithPath: sample.path))
      for offset in 0..<whole.count {
        for value: UInt8 in [0x00, 0x7f, 0xff] {
          var damaged = whole
          damaged[offset] = value
          try damaged.write(to: URL(fileURLWithPath: path))
          expectSame([path])
        }
      }
    }
  }
}
