import Dissection
import Events

// Packets for the tests, header by header, and what every dissection must keep to.

func dissected(_ bytes: [UInt8], link: LinkType = .ethernet, wireLength: Int? = nil, entering: Tunnels = .all) -> Layers
{
  dissect(
    RawSpan(_elements: bytes.span), link: link, wireLength: wireLength ?? bytes.count, entering: entering)
}

/// What is so of any frame whatever; the names of the rules that the layers break.
func broken(_ layers: Layers, captured: Int) -> [String] {
  var broken: [String] = []
  func rule(_ name: String, _ holds: Bool) { if !holds { broken.append(name) } }
  rule("the payload lies in the frame", Int(layers.payloadOffset) + Int(layers.payloadCaptured) <= captured)
  rule("no more payload was captured than there is", layers.payloadCaptured <= layers.payloadLength)
  rule("the network header lies in the frame", Int(layers.networkOffset) <= captured)
  rule("the transport header lies in the frame", Int(layers.transportOffset) <= captured)
  switch layers.oddity {
  case .truncated(_, let needed, let available)?, .cutOff(_, let needed, let available)?:
    rule("what is too short lacks something", needed > available)
    rule("what is there was captured", Int(available) <= captured)
  default: break
  }
  return broken
}

enum Packets {
  /// To 02:00:00:00:00:01 from 02:00:00:00:00:02.
  static func ethernet(_ type: UInt16) -> [UInt8] {
    [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, UInt8(type >> 8), UInt8(type & 255)]
  }

  /// 192.0.2.1 to 198.51.100.7, identification 0x1234, TTL 61, type of service 0x10.
  static func ipv4(_ proto: UInt8, _ payload: [UInt8], word: UInt16 = 0x4000, options: [UInt8] = []) -> [UInt8] {
    let length = 20 + options.count + payload.count
    return [
      UInt8(0x45 + options.count / 4), 0x10, UInt8(length >> 8), UInt8(length & 255), 0x12, 0x34, UInt8(word >> 8),
      UInt8(word & 255), 61, proto, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7,
    ] + options + payload
  }

  /// 2001:db8::1 to 2001:db8::2, hop limit 58, traffic class 0xa5.
  static func ipv6(_ next: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let prefix: [UInt8] = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    return [0x6a, 0x51, 0x23, 0x45, UInt8(payload.count >> 8), UInt8(payload.count & 255), next, 58]
      + prefix + [1] + prefix + [2] + payload
  }

  /// Port 50000 to 443, sequence 0x01020304, acknowledgment 0x05060708, PSH and ACK, window 501.
  static func tcp(options: [UInt8] = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2], _ payload: [UInt8] = [0x16, 3, 1])
    -> [UInt8]
  {
    [
      0xc3, 0x50, 1, 0xbb, 1, 2, 3, 4, 5, 6, 7, 8, UInt8((20 + options.count) / 4) << 4, 0x18, 1, 0xf5, 0, 0, 0, 0,
    ] + options + payload
  }

  /// Port 5353 to 53.
  static func udp(_ payload: [UInt8] = [1, 2, 3, 4], from source: UInt16 = 5353, to destination: UInt16 = 53) -> [UInt8]
  {
    let length = 8 + payload.count
    return [
      UInt8(source >> 8), UInt8(source & 255), UInt8(destination >> 8), UInt8(destination & 255), UInt8(length >> 8),
      UInt8(length & 255), 0, 0,
    ] + payload
  }

  /// An echo request, identifier 0xbeef, sequence 3.
  static let echo: [UInt8] = [8, 0, 0, 0, 0xbe, 0xef, 0, 3, 0x61, 0x62]

  /// 10.0.0.1, 02:00:00:00:00:02, asks for 10.0.0.9.
  static let arp: [UInt8] = [
    0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 9,
  ]
}
