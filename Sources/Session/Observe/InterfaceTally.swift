import Bytes
import Correlation
package import Dissection
import Events

/// Frames, and their bytes with link headers.
package struct FrameCount: Sendable, Equatable {
  package var packets: Int64 = 0
  package var bytes: Int64 = 0
  package init(packets: Int64 = 0, bytes: Int64 = 0) {
    self.packets = packets
    self.bytes = bytes
  }

  mutating func add(_ bytes: UInt32) {
    packets &+= 1
    self.bytes &+= Int64(bytes)
  }

  static func + (a: FrameCount, b: FrameCount) -> FrameCount {
    FrameCount(packets: a.packets &+ b.packets, bytes: a.bytes &+ b.bytes)
  }
  static func - (a: FrameCount, b: FrameCount) -> FrameCount {
    FrameCount(packets: a.packets &- b.packets, bytes: a.bytes &- b.bytes)
  }
}

/// What was captured of one interface, by whose it is.
struct InterfaceTally: Sendable {
  /// Of processes, of the kernel, and of others that were passed on.
  var attributed = FrameCount()
  var kernel = FrameCount()
  var forwarded = FrameCount()
  /// Of nobody, by the reason why; the reasons are as many as `Reason` has.
  var nobody: [String: FrameCount] = [:]
  /// So near to the moments at which the interface's counters were read that it may have been counted on their other side.
  var edges = FrameCount()
  /// Frames that a packet socket sent.
  var injected = FrameCount()
  /// Frames of sockets of which it is told later whether they are packet sockets; those beyond the bound are left out.
  var nearest: [SocketID: FrameCount] = [:]
  /// What a device that divides TCP's large segments itself counts beyond the frames that were captured.
  var parts = FrameCount()

  mutating func add(_ layers: Layers, _ owner: Owner, isAtEdge: Bool, mtu: UInt32) {
    let bytes = layers.wireLength
    if owner.actor != nil {
      attributed.add(bytes)
    } else if owner.role == .kernel {
      owner.reason == "forwarded" ? forwarded.add(bytes) : kernel.add(bytes)
    } else {
      nobody[owner.reason, default: FrameCount()].add(bytes)
    }
    if owner.reason == "packet-send" || owner.actor != nil && layers.version == 0 {
      injected.add(bytes)
    } else if ["nearest-send", "transmission"].contains(owner.reason), let socket = owner.socket,
      nearest[socket] != nil || nearest.count < 4096
    {
      nearest[socket, default: FrameCount()].add(bytes)
    }
    if isAtEdge { edges.add(bytes) }
    if mtu > 0, layers.transport == .tcp { parts = parts + partsBeyond(layers, mtu: mtu) }
  }
}

/// What the parts of a TCP segment that is longer than the interface's frames come to, beyond the frame itself: each has the headers.
package func partsBeyond(_ layers: Layers, mtu: UInt32) -> FrameCount {
  let headers = layers.networkHeaderLength &+ layers.transportHeaderLength
  guard headers > 0, mtu > headers, layers.payloadLength > mtu &- headers else { return FrameCount() }
  let more = Int64((layers.payloadLength &- 1) / (mtu &- headers))
  let link = layers.link == LinkType.linuxCooked2.number ? 14 : layers.networkOffset
  return FrameCount(packets: more, bytes: more &* Int64(link &+ headers))
}

/// The frame's length as the interface counts it. A capture of all interfaces has a header of its own in place of theirs.
func lengthOnWire(_ layers: Layers, _ bytes: RawSpan) -> UInt32 {
  guard layers.link == LinkType.linuxCooked2.number, bytes.byteCount >= 20, layers.wireLength >= 20 else {
    return layers.wireLength
  }
  // sll2_hatype: ARPHRD_ETHER and ARPHRD_LOOPBACK have Ethernet's 14 bytes; tunnels have none.
  let hardware = bytes.bigEndian(UInt16.self, at: 8)
  return layers.wireLength &- 20 &+ (hardware == 1 || hardware == 772 ? 14 : 0)
}
