import Dissection
import Events
import Testing

/// What segments of Multipath TCP say of their place in the connection's data; the frames are those of Linux 6.18 over veth.
struct MultipathTests {
  private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).filter { $0 != 0x20 }.map { UInt8($0 < 0x3a ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// The packets of a connection to port 7820 up to the second data of its client, without their payload's last bytes.
  private var syn: [UInt8] {
    bytes(
      """
      4500 0040 66f8 4000 4006 bc0f 0ad7 0101 0ad7 0102 e92a 1e8c 1811 b64c 0000 0000 b002 faf0 17e3 0000 0204 05b4 0402 080a \
      c618 8d3a 0000 0000 0103 030a 1e04 0101
      """)
  }
  private var third: [UInt8] {
    bytes(
      """
      4500 0048 66f9 4000 4006 bc06 0ad7 0101 0ad7 0102 e92a 1e8c 1811 b64d 40cf 7d12 d010 003f 17eb 0000 0101 080a c618 8d3a \
      45bc 2287 1e14 0101 9bc0 1abd 7ee3 00a8 d4bf c8dd 74fe 67f8
      """)
  }
  private var first: [UInt8] {
    bytes(
      """
      4500 0088 66fa 4000 4006 bbc5 0ad7 0101 0ad7 0102 e92a 1e8c 1811 b64d 40cf 7d12 e018 003f 182b 0000 0101 080a c618 8d50 \
      45bc 2287 1e16 0101 9bc0 1abd 7ee3 00a8 d4bf c8dd 74fe 67f8 003c 0101 5320 5049
      """)
  }
  private var answer: [UInt8] {
    bytes(
      """
      4500 0040 0c09 4000 4006 16ff 0ad7 0102 0ad7 0101 1e8c e92a 40cf 7d12 1811 b689 b010 003f 17e3 0000 0101 080a 45bc 229d \
      c618 8d50 1e0c 2003 3f9c cf51 c804 413e
      """)
  }
  private var second: [UInt8] {
    bytes(
      """
      4500 008c 66fc 4000 4006 bbbf 0ad7 0101 0ad7 0102 e92a 1e8c 1811 b689 40cf 7d4e f018 003f 182f 0000 0101 080a c618 8d50 \
      45bc 229d 1e1a 200f 71fa 5ca8 e340 5508 3f9c cf51 c804 413e 0000 003d 003c 0101 5320 5049
      """)
  }

  private func mapping(_ packet: [UInt8]) -> MultipathMapping {
    multipathMapping(RawSpan(_elements: packet.span), dissected(packet, link: .raw, wireLength: 140))
  }

  @Test func `a segment's place is where RFC 8684 puts it`() {
    let found = mapping(second)
    #expect(found.kind == .data && found.data == 0xc804_413e && found.subflow == 61 && found.length == 60)
  }

  @Test func `the first data's place is told by its sender's key`() {
    let found = mapping(first)
    // Sixty bytes before the next.
    #expect(found.kind == .data && found.data == 0xc804_413e - 60 && found.subflow == 1 && found.length == 60)
  }

  @Test func `a handshake, and an acknowledgment alone, have no place`() {
    #expect(mapping(syn).kind == .begin)
    #expect(mapping(third).kind == .none && mapping(answer).kind == .none)
    // MP_CAPABLE of version 0 (RFC 6824).
    var old = syn
    old[62] = 0
    #expect(mapping(old).kind == .none)
    // MP_JOIN.
    old[62] = 0x10
    #expect(mapping(old).kind == .begin)
    #expect(mapping(Packets.ipv4(6, Packets.tcp())).kind == .none)
  }

  @Test func `the end of the data, which counts as a byte, is none of its bytes`() {
    var last = second
    last[55] |= 0x10
    last[77] = 61
    #expect(mapping(last).length == 60 && mapping(last).data == 0xc804_413e)
  }

  @Test func `numbers of four bytes stand where those of eight do not`() {
    var short = second
    // The acknowledgment, and then the number, have four bytes each: what follows moves up, and no-operations fill the header.
    short[53] = 18
    short[55] = 0b101
    short.replaceSubrange(56..<80, with: short[60..<64] + short[68..<78] + [UInt8](repeating: 1, count: 10))
    let found = mapping(short)
    #expect(found.kind == .data && found.data == 0xc804_413e && found.subflow == 61 && found.length == 60)
  }

  @Test func `every prefix and every flipped byte is read or not, never trapped`() {
    for packet in [syn, third, first, answer, second] {
      for count in 0..<packet.count { _ = mapping(Array(packet.prefix(count))) }
      for place in packet.indices {
        for bit in 0..<8 {
          var packet = packet
          packet[place] ^= 1 << bit
          _ = mapping(packet)
        }
      }
    }
  }
}
