package import Bytes

/// Packets that are the same each time: conversations over TCP and UDP, IPv4 and IPv6, some busy and most quiet.
///
/// Of ten conversations six are TCP over IPv4, two UDP over IPv4, one TCP and one UDP over IPv6. Frame lengths are the "simple
/// IMIX" of RFC 6985: 64, 594 and 1,518 bytes as 7 : 4 : 1, less the four bytes of the frame check sequence. TCP segments carry
/// timestamps and the sequence numbers of a connection without loss. The ports are nobody's, so that no peer dissects payloads; when the traffic speaks, two
/// thirds of the TCP and half of the UDP conversations are `Speech`'s.
package struct Traffic {
  package static let conversations = 4096

  /// One end's next sequence number, and the other's.
  private struct Sequence {
    var client: UInt32
    var server: UInt32
  }

  private var random: SplitMix
  private var sequences: [Sequence]
  private let filler: [UInt8]
  private let speaks: Bool
  /// Whether a conversation's client has said something.
  private var hasSpoken: [Bool]
  /// Microseconds since 1970.
  private var time: UInt64 = 1_764_000_000_000_000
  package private(set) var frame = ByteWriter(capacity: 2048)

  package init(seed: UInt64 = 2, speaks: Bool = false) {
    self.speaks = speaks
    hasSpoken = [Bool](repeating: false, count: Self.conversations)
    var random = SplitMix(seed: seed)
    sequences = (0..<Self.conversations).map { _ in
      Sequence(client: UInt32(truncatingIfNeeded: random.next()), server: UInt32(truncatingIfNeeded: random.next()))
    }
    filler = (0..<1518).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    self.random = random
  }

  /// Which conversation the packet in `frame` belongs to, and whether it goes from client to server.
  package private(set) var conversation = 0
  package private(set) var isForward = true

  /// Makes the next packet's bytes in `frame`; answers when it was captured, in microseconds since 1970.
  package mutating func next() -> UInt64 {
    time += 1 + random.next() % 3
    let word = random.next()
    // The square of a number below one: few conversations have most of the packets.
    let place = ((word >> 32) * (word >> 32)) >> 32
    conversation = Int((place * UInt64(Self.conversations)) >> 32)
    isForward = word & 1 == 0
    let length =
      switch (word >> 1) % 12 {
      case 0..<7: 60
      case 7..<11: 590
      default: 1514
      }
    frame.bytes.removeAll(keepingCapacity: true)
    ethernet(conversation, isForward, length)
    return time
  }

  private mutating func ethernet(_ conversation: Int, _ forward: Bool, _ length: Int) {
    let kind = conversation % 10
    let (isTCP, isSix) = (kind < 6 || kind == 8, kind >= 8)
    let payload = max(0, length - 14 - (isSix ? 40 : 20) - (isTCP ? 32 : 8))
    for end in forward ? [UInt8(2), 1] : [1, 2] { frame.append([0x02, 0, 0, 0, 0, end]) }
    frame.bigEndian(UInt16(isSix ? 0x86dd : 0x0800))
    let language = speaks ? Speech.language(conversation, isTCP: isTCP) : .none
    let ports = (
      client: UInt16(32768 + conversation), server: Speech.port(language) ?? UInt16(5001 + conversation % 8)
    )
    if isSix {
      ipv6(conversation, forward, isTCP ? 6 : 17, payload + (isTCP ? 32 : 8))
    } else {
      ipv4(conversation, forward, isTCP ? 6 : 17, payload + (isTCP ? 32 : 8))
    }
    frame.bigEndian(forward ? ports.client : ports.server)
    frame.bigEndian(forward ? ports.server : ports.client)
    if isTCP { tcp(conversation, forward, payload) } else { udp(payload) }
    let words = Speech.payload(
      language, conversation, isForward: forward, isFirst: !hasSpoken[conversation], length: payload)
    if let words { frame.append(words[...]) } else { frame.append(filler[0..<payload]) }
    if forward, payload > 0 { hasSpoken[conversation] = true }
    // Ethernet's shortest frame: what is missing is padding.
    while frame.count < 60 { frame.byte(0) }
  }

  private mutating func ipv4(_ conversation: Int, _ forward: Bool, _ proto: UInt8, _ length: Int) {
    let ends = [UInt32(0x0a00_0000 + conversation / 16), UInt32(0xc633_6400 + conversation % 256)]
    frame.append([0x45, 0])
    frame.bigEndian(UInt16(20 + length))
    frame.bigEndian(UInt32(truncatingIfNeeded: time) << 16 | 0x4000)
    frame.append([64, proto, 0, 0])
    for end in forward ? ends : ends.reversed() { frame.bigEndian(end) }
  }

  private mutating func ipv6(_ conversation: Int, _ forward: Bool, _ proto: UInt8, _ length: Int) {
    let ends = [UInt64(conversation / 16), UInt64(0x1_0000 + conversation % 256)]
    frame.bigEndian(UInt32(0x6000_0000))
    frame.bigEndian(UInt16(length))
    frame.append([proto, 64])
    for end in forward ? ends : ends.reversed() {
      // 2001:db8::/32 is for documentation.
      frame.bigEndian(UInt64(0x2001_0db8_0000_0000))
      frame.bigEndian(end)
    }
  }

  /// All of the header behind the ports, with two no-operations and a timestamp.
  private mutating func tcp(_ conversation: Int, _ forward: Bool, _ payload: Int) {
    let numbers = sequences[conversation]
    frame.bigEndian(forward ? numbers.client : numbers.server)
    frame.bigEndian(forward ? numbers.server : numbers.client)
    frame.bigEndian(UInt16(0x8000 | (payload > 0 ? 0x18 : 0x10)))
    frame.bigEndian(UInt16(501))
    frame.bigEndian(UInt32(0))
    frame.append([1, 1, 8, 10])
    frame.bigEndian(UInt32(truncatingIfNeeded: time / 1000))
    frame.bigEndian(UInt32(truncatingIfNeeded: time / 1000 - 1))
    if forward {
      sequences[conversation].client &+= UInt32(payload)
    } else {
      sequences[conversation].server &+= UInt32(payload)
    }
  }

  private mutating func udp(_ payload: Int) {
    frame.bigEndian(UInt16(8 + payload))
    frame.bigEndian(UInt16(0))
  }
}
