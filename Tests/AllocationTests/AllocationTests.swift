import AllocationCount
import Correlation
import Dissection
import Events
import Foundation
import Recording
import SampleTraffic
import Testing

/// What lies on every packet's way may not ask for memory: on a busy link that is what it costs most.
struct AllocationTests {
  /// How much more often memory is asked for by `body` with `more` than with `few`.
  private func growth(_ few: Int, _ more: Int, _ body: (Int) throws -> Void) rethrows -> Int {
    // Once before: what is made only once is not the packets'.
    try body(few)
    let start = allocation_count()
    try body(few)
    let middle = allocation_count()
    try body(more)
    return Int(allocation_count() - middle) - Int(middle - start)
  }

  @Test func `memory that is asked for is counted`() {
    let grown = growth(10, 110) { times in
      for _ in 0..<times { #expect([UInt8](repeating: 1, count: times).count == times) }
    }
    #expect(grown >= 100)
  }

  @Test func `a packet that is dissected and counted asks for no memory`() {
    let sample = Sample()
    let grown = growth(2, 12) { rounds in
      let frames = RawSpan(_elements: sample.bytes.span)
      var table = FlowTable(seed: 1)
      var connections = TCPConversations()
      var layers = Layers(link: 0, wireLength: 0, capturedLength: 0)
      for _ in 0..<rounds {
        var start = 0
        for index in 0..<sample.count {
          let end = sample.ends[index]
          dissect(frames.extracting(start..<end), link: .ethernet, wireLength: end - start, into: &layers)
          if let recorded = table.record(layers, at: sample.times[index]), layers.transport == .tcp {
            connections.record(layers, recorded, at: sample.times[index])
          }
          start = end
        }
      }
      #expect(table.count > 100)
    }
    #expect(grown == 0)
  }

  @Test(arguments: ["pcap", "pcapng"])
  func `a packet that is read asks for no memory, nor does its owner when nothing new is said of it`(
    format: String
  ) throws {
    let paths = try [2000, 6000].map { packets in
      let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID()).\(format)").path
      if format == "pcap" {
        try writeCapture(path, packets: packets)
      } else {
        try writeRecording(path, packets: packets)
      }
      return path
    }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    let grown = try growth(0, 1) { index in
      var reader = try RecordingReader(path: paths[index])
      var best: Owner?
      while let item = try reader.next() {
        guard case .packet = item else { continue }
        if let owner = reader.owner(surerThan: best?.confidence) { best = owner }
      }
      #expect(reader.packetCount == [2000, 6000][index])
      #expect(best?.confidence == (format == "pcap" ? nil : .high))
    }
    // The longer file has no more processes, and its blocks pass through the same buffer.
    #expect(abs(grown) < 100)
  }
}
