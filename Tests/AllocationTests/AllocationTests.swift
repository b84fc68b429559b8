import AllocationCount
import Bytes
import Correlation
import Dissection
import Events
import Foundation
import Recording
import SampleTraffic
import Session
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

  /// How much more often memory is asked for by `body` over a capture of conversations that say nothing new, twice as long.
  private func growthOverCaptures(_ body: (String) throws -> Void) throws -> Int {
    let paths = try [20_000, 40_000].map { packets in
      let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID()).pcap").path
      try writeCapture(path, packets: packets)
      return path
    }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    return try growth(0, 1) { try body(paths[$0]) }
  }

  @Test func `a packet of a known conversation that a report of flows counts asks for no memory`() throws {
    let grown = try growthOverCaptures { path in
      let report = try readFlows([path], names: false)
      #expect(report.rows.count > 3000 && report.packets >= 20_000)
    }
    // Of the 4,096 conversations some are begun in the second half, which has 20,000 packets.
    #expect(grown < 2000)
  }

  @Test func `a packet that a D program adds up asks for no memory`() throws {
    let program = "packet::: /args[0]->pkt_len > 100/ { @[probefunc] = sum(args[0]->pkt_len); }"
    let grown = try growthOverCaptures { path in
      var request = TraceRequest()
      request.pieces = [TraceRequest.Piece(isScript: false, label: "-n", text: program)]
      var printed: [UInt8] = []
      _ = try traceReplay(request, paths: [path]) { bytes in
        printed += bytes.copy(0..<bytes.byteCount)
        return true
      } note: { _ in
      }
      #expect(String(decoding: printed, as: UTF8.self).contains("tcp"))
    }
    #expect(grown < 2000)
  }
}
