import Correlation
import Dissection
import Events
import Testing

/// What comes in on a connection that several read, and who only looks at what others take.
extension SharedTests {
  /// A segment or datagram from the other side.
  private func incoming(_ correlator: inout Correlator, _ frame: [UInt8], at time: Int64) -> Owner {
    var frame = frame
    for place in 26..<30 { frame.swapAt(place, place + 4) }
    for place in 34..<36 { frame.swapAt(place, place + 2) }
    let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: .inbound)
    return correlator.owner(of: layers, info: info, namespace: 1)
  }

  private func connected() -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.connect, 11, tcp, at: 1000))
    return correlator
  }

  /// `pid` takes bytes, and `next` is the number of the one after them.
  private func take(
    _ correlator: inout Correlator, _ pid: UInt32, _ bytes: Int64, next: UInt32, peeks: Bool = false, at time: Int64
  ) {
    correlator.observe(
      event(.receive, pid, tcp, result: bytes, detail: UInt64(next) << 32 | (peeks ? 2 : 0), at: time))
  }

  @Test func `bytes that came in are whose who took them, whoever's call was nearer`() {
    var correlator = connected()
    take(&correlator, 11, 10, next: 110, at: 20_000)
    take(&correlator, 12, 10, next: 120, at: 5_000_000)
    take(&correlator, 11, 20, next: 140, at: 6_000_000)
    let owners = [100, 110, 119, 120, 139].map { incoming(&correlator, segment($0, 1), at: 10_000) }
    #expect(owners.map(\.actor?.process.pid) == [11, 12, 12, 11, 11], "\(owners)")
    #expect(owners.allSatisfy { $0.confidence == .high && $0.reason == "byte-range" && $0.role == .receiver })
    // Nobody has taken these yet, and two may.
    #expect(incoming(&correlator, segment(140, 1), at: 10_000).reason == "ambiguous")
  }

  @Test func `the first byte of a receive that came to the other side's end is his who took it`() {
    var correlator = connected()
    // The FIN counts as a byte: of the first ten, and of forty that another took after them.
    take(&correlator, 12, 10, next: 110, at: 20_000)
    take(&correlator, 11, 40, next: 151, at: 30_000)
    let owners = [100, 109, 110, 111, 149].map { incoming(&correlator, segment($0, 1), at: 10_000) }
    #expect(owners.map(\.actor?.process.pid) == [12, 12, 11, 11, 11], "\(owners)")
    #expect(owners.allSatisfy { $0.confidence == .high && $0.reason == "byte-range" })
  }

  @Test func `what two took in one moment is nobody's`() {
    var correlator = connected()
    // Each heard of the other's bytes before its own call was told of.
    take(&correlator, 11, 10, next: 120, at: 20_000)
    take(&correlator, 12, 10, next: 120, at: 20_100)
    #expect(incoming(&correlator, segment(100, 5), at: 10_000).reason == "ambiguous")
  }

  @Test func `who only looks has taken nothing`() {
    var correlator = connected()
    take(&correlator, 12, 10, next: 100, peeks: true, at: 20_000)
    take(&correlator, 11, 10, next: 110, at: 30_000)
    take(&correlator, 12, 10, next: 110, peeks: true, at: 40_000)
    let first = incoming(&correlator, segment(100, 10), at: 10_000)
    #expect(first.actor?.process.pid == 11 && first.confidence == .high, "\(first)")
    // The end of the connection is not his who looked last.
    var end = segment(110, 0)
    end[47] = 0x11
    #expect(incoming(&correlator, end, at: 50_000).actor?.process.pid == 11)
  }

  @Test func `of a datagram the one who took it is its receiver, not the one who looked nearer to it`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.create, 11, udp, at: 100))
    correlator.observe(event(.receive, 12, udp, result: 7, detail: 2, at: 10_500))
    correlator.observe(event(.receive, 11, udp, result: 7, at: 20_000))
    let owner = incoming(&correlator, datagram("1234567"), at: 10_000)
    #expect(owner.actor?.process.pid == 11 && owner.role == .receiver, "\(owner)")
  }
}
