import Bytes

/// How a packet socket sees a frame.
package enum LinkHint: Sendable {
  /// SOCK_RAW: from the link header on.
  case ethernet
  /// SOCK_DGRAM, or a raw socket of IP: from the network header on.
  case raw
}

/// The corpus: what a network carries on an ordinary day, a frame of each kind. Checksums are zero: no filter adds them up.
struct ProbeFrames {
  private let start: Int
  private(set) var frames: [ProbeFrame] = []
  /// True when the socket hears one ethertype alone.
  let isBound: Bool

  /// ETH_P_ALL.
  private static let all: UInt16 = 3

  /// - Parameter proto: what the socket is bound to; with 0 it hears nothing.
  init(_ link: LinkHint, seeing proto: UInt16 = all) {
    isBound = proto != Self.all
    start = link == .ethernet ? 0 : ProbeFrame.network
    for version in [4, 6] {
      addConversations(version)
      addControl(version)
    }
    addBelowIP()
    addTagged()
    if isBound {
      frames.removeAll { $0.about[.proto] != UInt32(proto) }
      if frames.isEmpty, proto != 0 { add(proto, Self.there, [UInt8](repeating: 0, count: 46)) }
    }
  }

  /// TCP and UDP between two hosts, and what else they may say to each other.
  private mutating func addConversations(_ version: Int) {
    for (port, data) in Self.talk {
      add(version, .tcp(from: 49_832, to: port, data))
      add(version, .tcp(from: port, to: 49_832, data))
    }
    add(version, .tcp(from: 51_044, to: 5432, [], flags: 0x02))
    add(version, .tcp(from: 5432, to: 51_044, [], flags: 0x12))
    add(version, .tcp(from: 51_044, to: 5432, [], flags: 0x10))
    for (port, data) in Self.datagrams {
      add(version, .udp(from: 40_112, to: port, data))
      add(version, .udp(from: port, to: 40_112, data))
    }
    add(version, .sctp(from: 36_412, to: 38_412))
    if version == 4 {
      add(4, .tcp(from: 49_832, to: 8080, Self.question, options: [0x94, 4, 0, 0]))
      add(4, .udp(from: 40_112, to: 9000, Self.question, options: [0x94, 4, 0, 0]))
    }
    for proto in [47, 50, 51] as [UInt8] { add(version, .opaque(proto)) }
  }

  /// What hosts and routers say about the network itself.
  private mutating func addControl(_ version: Int) {
    if version == 4 {
      add(4, .icmp(1, type: 8), to: .host)
      add(4, .icmp(1, type: 0), to: .host)
      add(4, .icmp(1, type: 3), to: .host)
      add(4, .udp(from: 68, to: 67, Self.bootp(1)), to: .everyone)
      add(4, .udp(from: 67, to: 68, Self.bootp(2)), to: .host)
      add(4, .opaque(2), to: .group(1))
      add(4, .udp(from: 5353, to: 5353, Self.question), to: .group(251))
    } else {
      for type in [128, 129, 1] as [UInt8] { add(6, .icmp(58, type: type), to: .host) }
      for type in [133, 134, 135, 136] as [UInt8] { add(6, .icmp(58, type: type), to: .group(1)) }
      add(6, .udp(from: 546, to: 547, Self.text("\u{1}\u{2}\u{3}\u{4}")), to: .group(0x1_0002))
      add(6, .udp(from: 5353, to: 5353, Self.question), to: .group(0xfb))
    }
    add(version, .opaque(112), to: .group(18))
    add(version, .opaque(89), to: .group(5))
  }

  /// Protocols of the link.
  private mutating func addBelowIP() {
    for operation in [1, 2] as [UInt8] {
      let body: [UInt8] =
        [0, 1, 8, 0, 6, 4, 0, operation] + Self.here + [192, 0, 2, 17] + Self.there + [192, 0, 2, 93]
      add(0x0806, operation == 1 ? [255, 255, 255, 255, 255, 255] : Self.there, body)
    }
    add(0x88cc, [1, 0x80, 0xc2, 0, 0, 14], [2, 7, 4] + Self.here + [4, 2, 5, 49, 6, 2, 0, 120, 0, 0])
    add(0x888e, [1, 0x80, 0xc2, 0, 0, 3], [2, 0, 0, 5, 1, 1, 0, 5, 1])
    add(0x8809, [1, 0x80, 0xc2, 0, 0, 2], [1, 1, 1, 20])
    add(0x88f7, [1, 0x1b, 0x19, 0, 0, 0], [0, 2, 0, 44])
    add(0x8863, [255, 255, 255, 255, 255, 255], [0x11, 9, 0, 0, 0, 4, 1, 1, 0, 0])
    add(0x8864, Self.there, [0x11, 0, 0, 1, 0, 42, 0, 0x21] + ProbePacket.udp(from: 40_112, to: 9000, []).behind(4))
    // Without its link header, of which the length is part, a frame of IEEE 802.3 starts as an IPv4 packet may: with 0x42.
    guard start == 0 else { return }
    add(38, [1, 0x80, 0xc2, 0, 0, 0], [0x42, 0x42, 3, 0, 0, 0, 0, 0])
    add(60, [1, 0, 12, 0xcc, 0xcc, 0xcc], [0xaa, 0xaa, 3, 0, 0, 12, 0x20, 0, 2, 180])
  }

  /// Conversations in a VLAN, whose tag Linux keeps beside the frame, and one in two, whose inner tag stands in it.
  private mutating func addTagged() {
    for version in [4, 6] {
      for packet in [ProbePacket.tcp(from: 49_832, to: 8080, []), .udp(from: 40_112, to: 9000, [])] {
        add(version, packet, about: [.vlanTag: 42, .vlanTagPresent: 1, .vlanProto: 0x8100])
      }
    }
    add(0x8100, Self.there, [0, 42, 8, 0] + ProbePacket.udp(from: 40_112, to: 9000, []).behind(4))
  }

  private enum Receiver { case host, everyone, group(UInt32) }

  private mutating func add(
    _ version: Int, _ packet: ProbePacket, to receiver: Receiver = .host, about: [FilterExtension: UInt32] = [:]
  ) {
    var link = Self.there
    var target: [UInt8] =
      version == 4 ? [192, 0, 2, 93] : ProbePacket.documentation + [UInt8](repeating: 0, count: 7) + [93]
    switch receiver {
    case .host: break
    case .everyone:
      link = [255, 255, 255, 255, 255, 255]
      target = [255, 255, 255, 255]
    case .group(let number):
      let low = [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
      link = version == 4 ? [1, 0, 0x5e] + low : [0x33, 0x33, 0] + low
      target = version == 4 ? [224] + low : [255, 2] + [UInt8](repeating: 0, count: 11) + low
    }
    let headers = link + Self.here + (version == 4 ? [8, 0] : [0x86, 0xdd])
    let bytes = headers + packet.behind(version, to: target)
    var about = about
    about[.interface] = 2
    about[.hardwareType] = 1
    if case .group = receiver { about[.packetType] = 2 }
    if case .everyone = receiver { about[.packetType] = 1 }
    frames.append(ProbeFrame(bytes, seenFrom: start, payload: bytes.count - packet.data, about: about))
  }

  private mutating func add(_ etherType: UInt16, _ receiver: [UInt8], _ body: [UInt8]) {
    var frame = ByteWriter(capacity: 60)
    frame.append(receiver)
    frame.append(Self.here)
    frame.bigEndian(etherType)
    frame.append(body)
    while frame.count < 60 { frame.byte(0) }
    let about: [FilterExtension: UInt32] = [
      .interface: 2, .hardwareType: 1, .packetType: receiver[0] == 255 ? 1 : receiver[0] & 1 == 1 ? 2 : 0,
    ]
    frames.append(ProbeFrame(frame.bytes, seenFrom: start, payload: frame.count, about: about))
  }

  private static let here: [UInt8] = [0x52, 0x54, 0, 0x3a, 0x91, 0x0c]
  private static let there: [UInt8] = [0x52, 0x54, 0, 0x77, 0x4e, 0xd3]

  private static func text(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

  private static let question: [UInt8] =
    [0x1d, 0x2c, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7] + text("example") + [3] + text("org") + [0, 0, 1, 0, 1]

  private static let answer: [UInt8] =
    question.prefix(2) + [0x81, 0x80] + question.dropFirst(4) + [
      0xc0, 12, 0, 1, 0, 1, 0, 0, 14, 16, 0, 4, 192, 0, 2, 80,
    ]

  /// What is said over TCP, by its port. The last fills a whole frame.
  private static let talk: [(UInt16, [UInt8])] = [
    (80, text("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")),
    (80, text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
    (443, [0x16, 3, 1, 0, 60, 1, 0, 0, 56, 3, 3] + (0..<54).map { $0 &* 37 &+ 11 }),
    (22, text("SSH-2.0-OpenSSH_9.6\r\n")),
    (25, text("220 mail.example.org ESMTP\r\n")),
    (8080, text("POST /form HTTP/1.1\r\nHost: example.org\r\n\r\n")),
    (9418, [UInt8](repeating: 0x61, count: 1400)),
  ]

  private static let datagrams: [(UInt16, [UInt8])] = [
    (53, question),
    (53, answer),
    (123, [0x23, 2, 6, 0xe8] + [UInt8](repeating: 0x5a, count: 44)),
    (443, [0xc3, 0, 0, 0, 1, 8] + (0..<250).map { $0 &* 53 &+ 7 }),
    (9000, [UInt8](repeating: 0x62, count: 64)),
    (9000, []),
    (51_820, [4, 0, 0, 0] + (0..<124).map { $0 &* 29 &+ 3 }),
  ]

  /// RFC 2131 §2, with the magic cookie and the message's type.
  private static func bootp(_ operation: UInt8) -> [UInt8] {
    var message = [operation, 1, 6, 0, 0x39, 3, 0xf3, 0x26] + [UInt8](repeating: 0, count: 20) + here
    message += [UInt8](repeating: 0, count: 236 - message.count)
    return message + [0x63, 0x82, 0x53, 0x63, 53, 1, operation == 1 ? 1 : 2, 255]
  }
}
