import Foundation
import RecordingTrials
import Testing

/// No file crashes what reads files. `make fuzz-recordings` tries more, optimized, and measures.
struct DamagedRecordingTests {
  private static let path = FileManager.default.temporaryDirectory.appending(path: "damaged-\(UUID().uuidString)").path

  @Test func `every form of the corpus is read whole, with its owners`() throws {
    defer { try? FileManager.default.removeItem(atPath: Self.path) }
    for capture in try AnnotatedCapture.corpus() {
      let result = try RecordingTrial(path: Self.path).run(capture.bytes)
      #expect(result.packets > 0 && result.owned > 0, "\(capture.name): \(result)")
      // Only Culprit's own form has events.
      let isOwn = ["beginning", "recording"].contains(capture.name)
      #expect((result.events > 0) == isOwn, "\(capture.name): \(result)")
    }
  }

  @Test func `a damaged capture of any form is read or refused, by everything that reads files`() throws {
    let path = Self.path + ".pcapng"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let mutator = RecordingMutator(try AnnotatedCapture.corpus())
    let trial = RecordingTrial(path: path)
    var (packets, owned, events) = (0, 0, UInt64(0))
    for seed in 1...40 as ClosedRange<UInt64> {
      let result = try trial.run(mutator.bytes(seed: seed).bytes)
      packets += result.packets
      owned += result.owned
      events += result.events
    }
    // Damage that nothing survived would try little.
    #expect(packets > 300 && owned > 200 && events > 100, "\(packets) \(owned) \(events)")
  }
}
