import Bytes
import Crypto

/// What a segment's option of Multipath TCP (RFC 8684, TCP option 30) says of where its bytes lie in the connection's data. The segment's own
/// sequence number is its subflow's.
package struct MultipathMapping: Sendable, BitwiseCopyable {
  package enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// No such option, or one that does not say.
    case none
    /// A SYN of a subflow.
    case begin
    /// `length` bytes from `subflow` on are those of the connection from `data` on.
    case data
  }
  package var kind = Kind.none
  /// The low 32 bits of the first byte's number in the connection's data.
  package var data: UInt32 = 0
  /// The first byte's number in the subflow, of which the SYN has 0.
  package var subflow: UInt32 = 0
  /// Bytes; the DATA_FIN, which counts as one, is none of them.
  package var length: UInt32 = 0

  package init() {}

  fileprivate init(_ kind: Kind, data: UInt32 = 0, subflow: UInt32 = 0, length: UInt32 = 0) {
    self.kind = kind
    self.data = data
    self.subflow = subflow
    self.length = length
  }
}

/// What a captured segment's option says; nothing where it was cut off.
package func multipathMapping(_ bytes: RawSpan, _ layers: Layers) -> MultipathMapping {
  let start = Int(layers.transportOffset)
  let end = start + Int(layers.transportHeaderLength)
  guard layers.transport == .tcp, end > start + TCPHeader.minimum, bytes.byteCount >= end else {
    return MultipathMapping()
  }
  var place = start + TCPHeader.minimum
  // Two no-operations and a timestamp, and nothing else.
  if end == place + 12, bytes.bigEndian(UInt32.self, at: place) == 0x0101_080a { return MultipathMapping() }
  while place < end {
    let kind = bytes.byte(at: place)
    if kind == 0 { break }
    if kind == 1 {
      place += 1
      continue
    }
    guard place + 1 < end else { break }
    let length = Int(bytes.byte(at: place + 1))
    guard length >= 2, place + length <= end else { break }
    if kind == 30, length >= 4,
      let mapping = MultipathMapping(bytes.extracting(place..<place + length), layers)
    {
      return mapping
    }
    place += length
  }
  return MultipathMapping()
}

extension MultipathMapping {
  /// - Parameter option: all of it, four bytes at least.
  fileprivate init?(_ option: RawSpan, _ layers: Layers) {
    let isBegin = layers.tcpFlags & 0b10 != 0
    switch option.byte(at: 2) >> 4 {
    // MP_CAPABLE, of which version 0 has another hash, and MP_JOIN.
    case 0 where isBegin && option.byte(at: 2) & 15 == 1, 1 where isBegin: self.init(.begin)
    case 0 where option.byte(at: 2) & 15 == 1: self.init(first: option)
    case 2: self.init(signal: option)
    default: return nil
    }
  }

  /// The third packet of the handshake, or one like it: with the first data it has both keys, and how many bytes these are.
  private init?(first option: RawSpan) {
    guard option.byteCount >= 22 else { return nil }
    // The number before the first byte's is the end of its sender's key's hash (§3.1).
    let digest = SHA256.hash(data: option.copy(4..<12))
    let number = digest.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    self.init(
      .data, data: number &+ 1, subflow: 1, length: UInt32(option.bigEndian(UInt16.self, at: 20)))
  }

  /// DSS (§3.3): where the flags say so an acknowledgment of four or eight bytes, then a number of four or eight, that in the subflow, and the length.
  private init?(signal option: RawSpan) {
    let flags = option.byte(at: 3)
    guard flags & 4 != 0 else { return nil }
    var place = 4
    if flags & 1 != 0 { place += flags & 2 != 0 ? 8 : 4 }
    if flags & 8 != 0 { place += 4 }
    guard option.byteCount >= place + 10 else { return nil }
    let length = UInt32(option.bigEndian(UInt16.self, at: place + 8))
    let isLast = flags & 16 != 0
    self.init(
      .data, data: option.bigEndian(UInt32.self, at: place), subflow: option.bigEndian(UInt32.self, at: place + 4),
      length: length - (isLast ? min(length, 1) : 0))
  }
}
