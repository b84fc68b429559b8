package import Bytes

/// Packets that are the same each time: conversations over TCP and UDP, IPv4 and IPv6, some busy and most quiet.
///
/// Of ten conversations six are TCP over IPv4, two UDP over IPv4, one TCP and one UDP over IPv6. Frame lengths are the "simple
/// IMIX" of RFC 6985: 64, 594 and 1,518 bytes as 7 : 4 : 1, less the four bytes of the frame check sequence. TCP segments carry
/// timestamps and the sequence numbers of a connection without loss. The ports are nobody's, so that no peer dissects payloads; when the traffic speaks, two
/// thirds of the TCP and half of the UDP conversations are `Speech`'s.
///
/// When conversations end, as many go on at a time, and each makes room for another after two packets (DNS) or after three, six, twelve … up to 192,
/// each length half as often as the one before. TCP then begins with a handshake and ends with FIN, a quarter of the UDP conversations is QUIC, and
/// lengths are drawn as 8 : 7 : 1, which makes a packet a third of a kilobyte long in a file.
package struct Traffic {
  /// How many go on at a time.
  package static let conversations = 4096

  /// One conversation's way so far.
  private struct Life {
    var number: Int
    /// Packets that it had, and those that it will have.
    var age = 0
    var left = Int.max
    /// Each end's next sequence number.
    var client: UInt32
    var server: UInt32
    /// Whether the client has said something.
    var hasSpoken = false
  }

  private var random: SplitMix
  private var lives: [Life] = []
  private let filler: [UInt8]
  private let speaks: Bool
  private let ends: Bool
  /// Microseconds since 1970.
  private var time: UInt64 = 1_764_000_000_000_000
  package private(set) var frame = ByteWriter(capacity: 2048)

  /// - Parameters:
  ///   - speaks: payloads are some application's.
  ///   - ends: conversations end, and others begin.
  package init(seed: UInt64 = 2, speaks: Bool = false, ends: Bool = false) {
    self.speaks = speaks
    self.ends = ends
    random = SplitMix(seed: seed)
    for number in 0..<Self.conversations {
      lives.append(
        Life(
          number: number, client: UInt32(truncatingIfNeeded: random.next()),
          server: UInt32(truncatingIfNeeded: random.next())))
    }
    var random = random
    filler = (0..<1518).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    self.random = random
    begun = Self.conversations
  }

  /// Conversations that have begun.
  package private(set) var begun: Int
  /// Which conversation the packet in `frame` belongs to, and whether it goes from client to server.
  package private(set) var conversation = 0
  package private(set) var isForward = true

  /// Makes the next packet's bytes in `frame`; answers when it was captured, in microseconds since 1970.
  package mutating func next() -> UInt64 {
    time += 1 + random.next() % 3
    let word = random.next()
    // The square of a number below one: few conversations have most of the packets.
    let scaled = ((word >> 32) * (word >> 32)) >> 32
    let place = Int((scaled * UInt64(Self.conversations)) >> 32)
    isForward = word & 1 == 0
    let draw = word >> 1
    let length =
      ends
      ? (draw % 16 < 8 ? 60 : draw % 16 < 15 ? 590 : 1514) : (draw % 12 < 7 ? 60 : draw % 12 < 11 ? 590 : 1514)
    frame.bytes.removeAll(keepingCapacity: true)
    if ends, lives[place].left == .max { begin(place) }
    conversation = lives[place].number
    if ends { nextOfLife(place, length) } else { write(place, length, flags: nil) }
    return time
  }

  // MARK: Conversations that end

  /// Another conversation in the place.
  private mutating func begin(_ place: Int) {
    let number = lives[place].age == 0 ? place : begun
    if lives[place].age != 0 { begun += 1 }
    let word = random.next()
    var life = Life(number: number, client: UInt32(truncatingIfNeeded: word), server: UInt32(word >> 32))
    life.left = kind(number).language == .dns ? 2 : 3 << min(random.next().trailingZeroBitCount, 6)
    lives[place] = life
  }

  private mutating func nextOfLife(_ place: Int, _ drawn: Int) {
    let (kind, age) = (kind(conversation), lives[place].age)
    var (flags, length): (UInt8?, Int) = (nil, drawn)
    // SYN, SYN-ACK and FIN carry nothing; who asks is first.
    if age < 2 { isForward = age == 0 }
    if kind.isTCP, age < 2 || lives[place].left == 1 {
      flags = age == 0 ? 0x02 : age == 1 ? 0x12 : 0x11
      length = 60
    } else if kind.language == .dns {
      length = isForward ? 90 : 60 + Int(random.next() % 200)
    } else if kind.language == .quic, age == 0 {
      length = SpokenQUIC.datagram + 14 + 8 + (kind.isSix ? 40 : 20)
    }
    write(place, length, flags: flags)
    lives[place].age += 1
    lives[place].left -= 1
    if lives[place].left == 0 { lives[place].left = .max }
  }

  // MARK: Headers

  private typealias Kind = (isTCP: Bool, isSix: Bool, language: Speech.Language)

  private func kind(_ conversation: Int) -> Kind {
    let kind = conversation % 10
    let isTCP = kind < 6 || kind == 8
    return (isTCP, kind >= 8, speaks ? Speech.language(conversation, isTCP: isTCP, hasQUIC: ends) : .none)
  }

  /// - Parameter flags: TCP's; nil for those that a segment with such a payload has.
  private mutating func write(_ place: Int, _ length: Int, flags: UInt8?) {
    let (conversation, forward) = (conversation, isForward)
    let (isTCP, isSix, language) = kind(conversation)
    let payload = max(0, length - 14 - (isSix ? 40 : 20) - (isTCP ? 32 : 8))
    for end in forward ? [UInt8(2), 1] : [1, 2] { frame.append([0x02, 0, 0, 0, 0, end]) }
    frame.bigEndian(UInt16(isSix ? 0x86dd : 0x0800))
    // A client's conversations are sixteen, next to each other.
    let ports = (
      client: UInt16(32768 + conversation % 28672), server: Speech.port(language) ?? UInt16(5001 + conversation % 8)
    )
    if isSix {
      ipv6(conversation, forward, isTCP ? 6 : 17, payload + (isTCP ? 32 : 8))
    } else {
      ipv4(conversation, forward, isTCP ? 6 : 17, payload + (isTCP ? 32 : 8))
    }
    frame.bigEndian(forward ? ports.client : ports.server)
    frame.bigEndian(forward ? ports.server : ports.client)
    if isTCP { tcp(place, forward, payload, flags) } else { udp(payload) }
    let words = Speech.payload(
      language, conversation, isForward: forward, isFirst: !lives[place].hasSpoken, length: payload)
    if let words { frame.append(words[...]) } else { frame.append(filler[0..<payload]) }
    if forward, payload > 0 { lives[place].hasSpoken = true }
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
  private mutating func tcp(_ place: Int, _ forward: Bool, _ payload: Int, _ flags: UInt8?) {
    let life = lives[place]
    frame.bigEndian(forward ? life.client : life.server)
    frame.bigEndian(forward ? life.server : life.client)
    frame.bigEndian(UInt16(0x8000 | UInt16(flags ?? (payload > 0 ? 0x18 : 0x10))))
    frame.bigEndian(UInt16(501))
    frame.bigEndian(UInt32(0))
    frame.append([1, 1, 8, 10])
    frame.bigEndian(UInt32(truncatingIfNeeded: time / 1000))
    frame.bigEndian(UInt32(truncatingIfNeeded: time / 1000 - 1))
    // SYN and FIN take a number each.
    let count = UInt32(payload) &+ (flags.map { $0 & 3 != 0 ? 1 : 0 } ?? 0)
    if forward { lives[place].client &+= count } else { lives[place].server &+= count }
  }

  private mutating func udp(_ payload: Int) {
    frame.bigEndian(UInt16(8 + payload))
    frame.bigEndian(UInt16(0))
  }
}
