/// Where the fields of an IP packet stand in a probe frame, counted from the link header. What stands behind IPv6's extension
/// headers counts as the packet's protocol.
struct FrameHeaders {
  let version: Int
  let proto: UInt32
  /// Where `proto` stands.
  let protoRange: Range<Int>
  let source: Range<Int>
  let target: Range<Int>
  let transport: Int
  /// A later fragment has no ports.
  let isLaterFragment: Bool
  /// How many IPv6 extension headers there are before `proto`.
  let extensions: Int

  /// A filter may ask for them on end; nobody sends more.
  private static let extensionLimit = 4

  /// Nil when the frame holds no IP.
  init?(_ frame: ProbeFrame) {
    let first = ProbeFrame.network
    guard let versionAndLength = frame.number(at: first, width: 1) else { return nil }
    switch frame.etherType {
    case 0x0800:
      guard let proto = frame.number(at: first + 9, width: 1) else { return nil }
      self.proto = proto
      version = 4
      protoRange = first + 9..<first + 10
      source = first + 12..<first + 16
      target = first + 16..<first + 20
      transport = first + Int(versionAndLength & 15) * 4
      isLaterFragment = (frame.number(at: first + 6, width: 2) ?? 0) & 0x1fff != 0
      extensions = 0
    case 0x86dd:
      var at = first + 6
      var next = first + 40
      var passed = 0
      var isFragment = false
      // Hop-by-hop options, routing, fragment and destination options (RFC 8200 §4).
      while passed < Self.extensionLimit, let kind = frame.number(at: at, width: 1), [0, 43, 44, 60].contains(kind),
        let length = frame.number(at: next + 1, width: 1)
      {
        isFragment = isFragment || kind == 44
        at = next
        next += kind == 44 ? 8 : Int(length + 1) * 8
        passed += 1
      }
      guard let proto = frame.number(at: at, width: 1) else { return nil }
      self.proto = proto
      version = 6
      protoRange = at..<at + 1
      source = first + 8..<first + 24
      target = first + 24..<first + 40
      transport = next
      isLaterFragment = isFragment
      extensions = passed
    default: return nil
    }
  }

  /// True for IPv4 with more than the twenty bytes that each header has.
  var hasOptions: Bool { version == 4 && transport > ProbeFrame.network + 20 }

  /// TCP, UDP, DCCP, SCTP and UDP-Lite have their ports in the same place.
  var hasPorts: Bool { [6, 17, 33, 132, 136].contains(proto) && !isLaterFragment }
  var sourcePort: Range<Int> { transport..<transport + 2 }
  var targetPort: Range<Int> { transport + 2..<transport + 4 }
}
