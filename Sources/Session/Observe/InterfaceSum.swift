import Capture

/// Whether what was captured of an interface is what the interface counted, and what stands between the two.
///
///     attributed + kernel + forwarded + past the taps + lost + parts - headers - dropped + unexplained = counted
package struct InterfaceSum: Sendable {
  package var name: String
  /// Of processes, of the kernel, and of others that were passed on.
  package var attributed = FrameCount()
  package var kernel = FrameCount()
  package var forwarded = FrameCount()
  /// What packet sockets were told to send and no capture saw (PACKET_QDISC_BYPASS).
  package var pastTaps = FrameCount()
  /// What the capture lost; how many bytes, nobody knows.
  package var lost: Int64 = 0
  /// The interface divides large segments itself, or counts what came before it was put together: it counts the parts.
  package var parts = FrameCount()
  /// Loopback's link headers, which are captured and which it does not count: less than nothing.
  package var headers = FrameCount()
  /// Captured on their way out, and then dropped by the driver, which does not count them as sent.
  package var dropped: Int64 = 0
  /// Captured, and nobody's: by the reason why, the most first.
  package var nobody: [(reason: String, count: FrameCount)] = []
  /// Captured so near to the moments at which the counters were read that it may have been counted on their other side.
  package var edges = FrameCount()
  /// What the interface counted; nil where a filter let only a part of it be captured.
  package var counted: FrameCount?

  /// What nothing above says.
  package var residual: FrameCount {
    guard let counted else { return FrameCount() }
    let known = attributed + kernel + forwarded + pastTaps + parts + headers + unowned
    return counted - known - FrameCount(packets: lost &- dropped)
  }
  package var unowned: FrameCount { nobody.reduce(FrameCount()) { $0 + $1.count } }
  package var unexplained: FrameCount { unowned + residual }

  /// Nothing was lost, and what is left over is no more than what passed while the counters were read.
  package var holds: Bool {
    guard counted != nil, lost == 0 else { return false }
    return residual.packets.magnitude <= edges.packets.magnitude && residual.bytes.magnitude <= edges.bytes.magnitude
  }

  /// - Parameter sent: by packet sockets, through this interface.
  init(_ name: String, _ tally: InterfaceTally, sent: FrameCount) {
    self.name = name
    (attributed, kernel, forwarded, edges) = (tally.attributed, tally.kernel, tally.forwarded, tally.edges)
    nobody = tally.nobody.map { ($0.key, $0.value) }.sorted {
      $0.count.bytes != $1.count.bytes ? $0.count.bytes > $1.count.bytes : $0.reason < $1.reason
    }
    if sent.packets > tally.injected.packets { pastTaps = sent - tally.injected }
  }

  /// Compares with what the interface counted between two readings. On loopback a frame is sent and received, and captured once.
  mutating func compare(_ before: InterfaceCounters?, _ after: InterfaceCounters, parts: FrameCount, isLoopback: Bool) {
    func grown(_ counter: KeyPath<InterfaceCounters, UInt64>) -> Int64 {
      Int64(truncatingIfNeeded: after[keyPath: counter] &- (before?[keyPath: counter] ?? 0))
    }
    var counted = FrameCount(packets: grown(\.packetsReceived), bytes: grown(\.bytesReceived))
    if !isLoopback { counted = counted + FrameCount(packets: grown(\.packetsSent), bytes: grown(\.bytesSent)) }
    self.counted = counted
    // `loopback_xmit` measures a frame when its Ethernet header is taken off (drivers/net/loopback.c).
    if isLoopback { headers.bytes = -14 &* counted.packets }
    dropped = grown(\.sendsDropped)
    // The device does not say whether it divides: it does when that leaves less over.
    guard lost == 0 else { return }
    let (without, with) = (residual, residual - parts)
    if with.packets.magnitude < without.packets.magnitude, with.bytes.magnitude < without.bytes.magnitude {
      self.parts = parts
    }
  }
}
