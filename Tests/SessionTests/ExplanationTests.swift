import Dissection
import Events
import Session
import Synchronization
import Testing

/// Why a packet's owner is its owner, out of a recording.
struct ExplanationTests {
  private let recording = #filePath.replacing("Tests/SessionTests/ExplanationTests.swift", with: "captures/srg.pcapng")

  private func explanations(_ which: ExplainedPackets) throws -> [Explanation] {
    let all = Mutex<[Explanation]>([])
    let (end, forgotten) = try explain([recording], which) { found in all.withLock { $0.append(found) } }
    #expect(end.reason == .fileEnded && forgotten == 0)
    return all.withLock { $0 }
  }

  @Test func `each packet is explained in its order, and what a process owns by what was told of its socket`() throws {
    let all = try explanations(.all)
    #expect(all.count > 100 && all.map(\.number) == Array(1...UInt64(all.count)))
    let owned = all.filter { $0.owner.actor != nil && $0.owner.socket != nil }
    #expect(owned.count > 100)
    for explanation in owned {
      #expect(explanation.meaning != nil && !explanation.socketEvents.isEmpty, "\(explanation.owner)")
      let times = explanation.socketEvents.map(\.time)
      #expect(times == times.sorted())
    }
    // What was sent has a send of the sender's near by.
    for explanation in owned where explanation.owner.role == .sender {
      let sends = explanation.socketEvents.filter { event in
        if case .socket(let socket) = event.what { socket.action == .send } else { false }
      }
      #expect(sends.contains { $0.actor.process == explanation.owner.actor?.process }, "\(explanation.number)")
    }
  }

  @Test func `of each conversation, direction and owner the first packet is explained`() throws {
    let (all, few) = (try explanations(.all), try explanations(.onePerFlow))
    var seen: Set<[String]> = []
    let first = all.filter {
      seen.insert(["\($0.layers.flowKey as Any)", "\($0.owner.actor?.process as Any)", $0.owner.reason]).inserted
    }
    #expect(few.map(\.number) == first.map(\.number) && few.count < all.count)
  }
}
