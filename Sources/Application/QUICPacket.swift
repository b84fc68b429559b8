import Bytes

/// The versions of QUIC whose Initial packets can be read.
enum QUICVersion: Sendable {
  /// RFC 9000, and the drafts from 33 on, which are the same here.
  case one
  /// RFC 9369.
  case two
  /// The drafts 29 to 32, those from 23 on before them, and 21 and 22. Facebook's mvfst has numbers of its own for its versions of them.
  case draft29, draft23, draft21
  /// Google's T050 and T051: its QUIC with TLS, between its own handshake and the RFC.
  case googleT050, googleT051

  init?(_ number: UInt32) {
    switch number {
    case 1, 0xff00_0021, 0xff00_0022: self = .one
    case 0x6b33_43cf: self = .two
    case 0xff00_001d...0xff00_0020: self = .draft29
    case 0xff00_0017...0xff00_001c, 0xface_b002, 0xface_b00e: self = .draft23
    case 0xff00_0015, 0xff00_0016, 0xface_b001: self = .draft21
    case 0x5430_3530: self = .googleT050
    case 0x5430_3531: self = .googleT051
    case _ where Self.isReserved(number): self = .draft29
    default: return nil
    }
  }

  var isGoogle: Bool { self == .googleT050 || self == .googleT051 }

  /// Versions that no server speaks, with which clients ask for those that it does (RFC 9000 §15). What such a packet is sealed with is
  /// whatever the client would have spoken: one of the last drafts, or version 1.
  static func isReserved(_ number: UInt32) -> Bool { number & 0x0f0f_0f0f == 0x0a0a_0a0a }
}

/// The header of a packet with a long header, up to its protected part.
///
///     form 1, fixed 1, type 2, protected 4 bits │ version 4 │ length 1, destination ID │ length 1, source ID
///     Initial: token length (variable), token │ length (variable) │ packet number 1 to 4, payload      RFC 9000 §17.2
struct QUICPacket {
  enum Kind: UInt8 { case initial, zeroRTT, handshake, retry }

  let number: UInt32
  let version: QUICVersion
  let kind: Kind
  let destinationID: Range<Int>
  let sourceID: Range<Int>
  /// Where the packet number starts.
  let numberOffset: Int
  /// The packet's bytes in the datagram, from 0; of a Retry all that there are.
  let count: Int

  /// The longest connection ID (RFC 9000 §17.2).
  static let idLimit = 20

  /// Nil when the bytes are not such a packet, whole, of a version that can be read.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 7, bytes.byte(at: 0) & 0xc0 == 0xc0 else { return nil }
    number = bytes.bigEndian(UInt32.self, at: 1)
    guard let version = QUICVersion(number), let destination = bytes.vector8(at: 5),
      let source = bytes.vector8(at: destination.upperBound),
      destination.count <= Self.idLimit, source.count <= Self.idLimit
    else { return nil }
    self.version = version
    // Version 2 counts the types on by one (RFC 9369 §3.2).
    let type = bytes.byte(at: 0) >> 4 & 3
    guard let kind = Kind(rawValue: version == .two ? (type &+ 3) & 3 : type) else { return nil }
    self.kind = kind
    destinationID = destination
    sourceID = source
    var offset = source.upperBound
    if kind == .retry {
      numberOffset = offset
      count = bytes.byteCount
      return
    }
    if kind == .initial {
      guard let token = bytes.quicInteger(at: &offset), token <= UInt64(bytes.byteCount &- offset) else { return nil }
      offset &+= Int(token)
    }
    guard let length = bytes.quicInteger(at: &offset), length <= UInt64(bytes.byteCount &- offset) else { return nil }
    numberOffset = offset
    count = offset &+ Int(length)
  }
}

extension RawSpan {
  /// A variable-length integer (RFC 9000 §16), and the offset behind it; nil when it leaves the span.
  func quicInteger(at offset: inout Int) -> UInt64? {
    guard offset < byteCount else { return nil }
    let first = byte(at: offset)
    let length = 1 << Int(first >> 6)
    guard offset &+ length <= byteCount else { return nil }
    var value = UInt64(first & 0x3f)
    for place in offset &+ 1..<offset &+ length { value = value << 8 | UInt64(byte(at: place)) }
    offset &+= length
    return value
  }
}
