import Bytes

/// What stands behind an IP header in a frame of the corpus.
struct ProbePacket {
  let proto: UInt8
  let bytes: [UInt8]
  /// IPv4's, in words of four bytes.
  var options: [UInt8] = []
  /// How many bytes at its end an application wrote.
  let data: Int

  /// 2001:db8:0:1::/64, RFC 3849.
  static let documentation: [UInt8] = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 1]

  static func tcp(from source: UInt16, to target: UInt16, _ data: [UInt8], flags: UInt8 = 0x18, options: [UInt8] = [])
    -> ProbePacket
  {
    var header = ports(source, target)
    header.bigEndian(0x1f3a_55c1 as UInt32)
    header.bigEndian(0x6e02_9b14 as UInt32)
    // Without options: five words.
    header.append([0x50, flags, 0x01, 0xf6, 0, 0, 0, 0])
    return ProbePacket(proto: 6, bytes: header.bytes + data, options: options, data: data.count)
  }

  static func udp(
    from source: UInt16, to target: UInt16, _ data: [UInt8], options: [UInt8] = []
  ) -> ProbePacket {
    var header = ports(source, target)
    header.bigEndian(UInt16(8 + data.count))
    header.bigEndian(0 as UInt16)
    return ProbePacket(proto: 17, bytes: header.bytes + data, options: options, data: data.count)
  }

  static func sctp(from source: UInt16, to target: UInt16) -> ProbePacket {
    let header = ports(source, target)
    return ProbePacket(proto: 132, bytes: header.bytes + [UInt8](repeating: 0, count: 24), data: 16)
  }

  /// A message of ICMP or ICMPv6 with 56 bytes behind its header of eight, as ping sends them.
  static func icmp(_ proto: UInt8, type: UInt8) -> ProbePacket {
    let data = (0..<56).map { UInt8($0) }
    return ProbePacket(proto: proto, bytes: [type, 0, 0, 0, 0x2b, 0x67, 0, 1] + data, data: data.count)
  }

  static func opaque(_ proto: UInt8) -> ProbePacket {
    ProbePacket(proto: proto, bytes: [0x21, 1, 100, 0] + [UInt8](repeating: 0, count: 28), data: 0)
  }

  private static func ports(_ source: UInt16, _ target: UInt16) -> ByteWriter {
    var header = ByteWriter(capacity: 20)
    header.bigEndian(source)
    header.bigEndian(target)
    return header
  }

  /// Behind an IPv4 (RFC 791 §3.1) or IPv6 header (RFC 8200 §3).
  func behind(_ version: Int, to target: [UInt8] = [192, 0, 2, 93]) -> [UInt8] {
    var packet = ByteWriter(capacity: 40 + bytes.count)
    if version == 4 {
      packet.append([0x45 + UInt8(options.count / 4), 0])
      packet.bigEndian(UInt16(20 + options.count + bytes.count))
      packet.append([0x4d, 0x2e, 0x40, 0, 64, proto, 0, 0, 192, 0, 2, 17])
    } else {
      packet.append([0x60, 0, 0, 0])
      packet.bigEndian(UInt16(bytes.count))
      packet.append([proto, 64])
      packet.append(Self.documentation + [0, 0, 0, 0, 0, 0, 0, 17])
    }
    packet.append(target)
    if version == 4 { packet.append(options) }
    packet.append(bytes)
    return packet.bytes
  }
}
