public import Events

/// What one frame's headers say: the product of `dissect`, a small value that outlives the bytes.
///
/// Where a frame holds the same kind of header twice (a tunnel), the inner one is described. Fields of a kind that the frame does not have are
/// zero; `version`, `transport`, `vlanCount` and `isARP` tell which kinds it has. Offsets are bytes from the start of the frame.
@frozen @usableFromInline
package struct Layers: Sendable, BitwiseCopyable {
  // The frame.
  /// The LINKTYPE that the frame was captured with.
  @usableFromInline package var link: UInt32
  /// Bytes on the wire, as the capture says.
  @usableFromInline package var wireLength: UInt32
  /// Bytes captured.
  @usableFromInline package var capturedLength: UInt32
  /// The ethertype that named the network layer, host order; 0 when none did.
  @usableFromInline package var etherType: UInt16 = 0
  /// 802.1Q tags that were read.
  @usableFromInline package var vlanCount: UInt8 = 0
  /// Linux cooked captures: 0 to us, 1 broadcast, 2 multicast, 3 to somebody else, 4 sent by us (`sll_pkttype`); else 255.
  @usableFromInline package var cookedType: UInt8 = 255
  /// The outermost 802.1Q tag: priority 3 bits, drop eligible 1 bit, VLAN 12 bits.
  @usableFromInline package var vlanTag: UInt16 = 0
  /// The innermost tag when there are two or more.
  @usableFromInline package var innerVLANTag: UInt16 = 0
  /// Linux cooked v2: the interface's index (`sll2_if_index`).
  @usableFromInline package var interfaceIndex: UInt32 = 0
  /// Hardware addresses of the frame in the low 48 bits, first byte highest; for a cooked capture only the source.
  @usableFromInline package var hardwareSource: UInt64 = 0
  @usableFromInline package var hardwareDestination: UInt64 = 0

  // The network layer.
  /// 4 or 6; 0 when the frame carries no IP. An ARP frame has addresses but no version.
  @usableFromInline package var version: UInt8 = 0
  /// TTL or hop limit.
  @usableFromInline package var hopLimit: UInt8 = 0
  /// The IP protocol number after the last extension header (6 TCP, 17 UDP …).
  @usableFromInline package var proto: UInt8 = 0
  /// Type of service or traffic class.
  @usableFromInline package var trafficClass: UInt8 = 0
  /// The bits below.
  @usableFromInline package var marks: Marks = []
  /// Non-zero when this is an ARP frame: 1 request, 2 reply … (`ar$op`).
  @usableFromInline package var arpOperation: UInt16 = 0
  /// Where this fragment's data starts in the datagram, in bytes; 0 for the first and for whole datagrams.
  @usableFromInline package var fragmentOffset: UInt16 = 0
  /// IPv4's identification, or that of IPv6's fragment header.
  @usableFromInline package var identification: UInt32 = 0
  /// Bytes of the IP packet, header included, as its header says; when that is 0 (segmentation offload), as the frame says.
  @usableFromInline package var totalLength: UInt32 = 0
  /// IP addresses; for ARP the sender's and target's IPv4 addresses.
  @usableFromInline package var source: Address = .none
  @usableFromInline package var destination: Address = .none

  // The transport layer.
  @usableFromInline package var transport: Transport = .none
  @usableFromInline package var icmpType: UInt8 = 0
  @usableFromInline package var icmpCode: UInt8 = 0
  @usableFromInline package var sourcePort: UInt16 = 0
  @usableFromInline package var destinationPort: UInt16 = 0
  /// FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128, AE 256.
  @usableFromInline package var tcpFlags: UInt16 = 0
  /// As in the header, not scaled.
  @usableFromInline package var window: UInt16 = 0
  @usableFromInline package var sequence: UInt32 = 0
  @usableFromInline package var acknowledgment: UInt32 = 0
  /// The identifier and sequence number of an echo or its reply.
  @usableFromInline package var echoIdentifier: UInt16 = 0
  @usableFromInline package var echoSequence: UInt16 = 0

  // Where things are.
  @usableFromInline package var networkOffset: UInt32 = 0
  /// The IP header with its options; for IPv6 with its extension headers.
  @usableFromInline package var networkHeaderLength: UInt32 = 0
  @usableFromInline package var transportOffset: UInt32 = 0
  @usableFromInline package var transportHeaderLength: UInt32 = 0
  /// What follows the last header that was read.
  @usableFromInline package var payloadOffset: UInt32 = 0
  /// The payload's bytes on the wire; padding of the frame is not in it.
  @usableFromInline package var payloadLength: UInt32 = 0
  /// Of these, the bytes that were captured.
  @usableFromInline package var payloadCaptured: UInt32 = 0
  /// The first thing that was wrong, if anything was.
  @usableFromInline package var oddity: Oddity?

  @inlinable package init(link: UInt32, wireLength: UInt32, capturedLength: UInt32) {
    self.link = link
    self.wireLength = wireLength
    self.capturedLength = capturedLength
  }

  /// Which protocol carries the payload, as far as its header was read.
  @frozen @usableFromInline
  package enum Transport: UInt8, Sendable, BitwiseCopyable {
    case none, tcp, udp, icmp, icmpv6, sctp, dccp, udpLite
  }

  /// Things that are so or not so.
  @frozen @usableFromInline
  package struct Marks: OptionSet, Sendable, BitwiseCopyable {
    @usableFromInline package var rawValue: UInt8
    @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// More fragments of this datagram follow.
    @inlinable package static var moreFragments: Marks { Marks(rawValue: 1) }
    /// Some IP header of the frame, the innermost or one around it, says that it is a fragment.
    @inlinable package static var fragmented: Marks { Marks(rawValue: 2) }
    /// IPv4's "don't fragment".
    @inlinable package static var dontFragment: Marks { Marks(rawValue: 4) }
    /// The frame is ARP.
    @inlinable package static var arp: Marks { Marks(rawValue: 8) }
    /// The described IP packet travelled inside another header that has addresses of its own (see `tunnel`).
    @inlinable package static var tunnelled: Marks { Marks(rawValue: 16) }
    /// Source and destination ports were read.
    @inlinable package static var ports: Marks { Marks(rawValue: 32) }
  }
}

extension Layers {
  @inlinable package var isARP: Bool { marks.contains(.arp) }

  /// True for a fragment that holds no transport header: every one but the first.
  @inlinable package var isLaterFragment: Bool { fragmentOffset != 0 }

  /// The VLAN of the outermost tag.
  @inlinable package var vlan: UInt16? { vlanCount == 0 ? nil : vlanTag & 0xfff }

  /// What was captured of the payload, as a range of the frame's bytes.
  @inlinable package var payload: Range<Int> {
    Int(payloadOffset)..<Int(payloadOffset &+ payloadCaptured)
  }

  /// The conversation, source first; nil for a frame without IP. The ports are 0 where the protocol has none, where the capture cut
  /// them off, and in later fragments, which do not carry them.
  @inlinable package var flowKey: FlowKey? {
    guard version != 0 else { return nil }
    return FlowKey(
      source: Endpoint(source, sourcePort), destination: Endpoint(destination, destinationPort), proto: proto)
  }
}
