import Bytes

/// TLS: the records until the handshake is encrypted (RFC 8446 §5.1).
///
///     record:     type 1  version 2  length 2  fragment
///     handshake:  type 1  length 3   body
///
/// A handshake message may lie in several records, and a record may have several messages. A side's `stage` is how many messages of the records
/// before it are told of already. The stream's memory has the marks below, and above them a count of records for each direction.
enum TLS {
  private enum Kind {
    static let changeCipherSpec: UInt8 = 20, alert: UInt8 = 21, handshake: UInt8 = 22, data: UInt8 = 23
  }
  private enum Handshake { static let clientHello: UInt8 = 1, serverHello: UInt8 = 2 }

  /// A ServerHello came that is no HelloRetryRequest: no hello follows.
  private static let isAnswered: UInt64 = 1
  /// The most records of one direction that are passed while a hello is waited for.
  private static let recordLimit: UInt64 = 64
  /// A fragment's greatest length, encryption's growth included (RFC 8446 §5.2, RFC 5246 §6.2.3).
  private static let fragmentLimit = 1 << 14 + 2048

  static func begins(_ bytes: RawSpan) -> Beginning {
    // Version 3.0 to 3.4 at the record and in the hello's body; the message's length has not more than 64 KB.
    guard bytes.byte(at: 0) == Kind.handshake else { return .no }
    if bytes.byteCount >= 2, bytes.byte(at: 1) != 3 { return .no }
    if bytes.byteCount >= 3, bytes.byte(at: 2) > 4 { return .no }
    if bytes.byteCount >= 6, bytes.byte(at: 5) != Handshake.clientHello, bytes.byte(at: 5) != Handshake.serverHello {
      return .no
    }
    if bytes.byteCount >= 7, bytes.byte(at: 6) != 0 { return .no }
    guard bytes.byteCount >= 5 else { return .more }
    let length = Int(bytes.bigEndian(UInt16.self, at: 3))
    guard length > 0, length <= fragmentLimit else { return .no }
    if length < 6 { return bytes.byteCount >= 6 ? .yes : .more }
    guard bytes.byteCount >= 11 else { return .more }
    return bytes.byte(at: 9) == 3 && bytes.byte(at: 10) <= 4 ? .yes : .no
  }

  static func step(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    guard bytes.byteCount >= 6 else { return isLast ? .lost : .more }
    let length = Int(bytes.bigEndian(UInt16.self, at: 3))
    guard bytes.byte(at: 1) == 3, length > 0, length <= fragmentLimit else { return .end }
    let shift = UInt64(8 &+ 8 &* way)
    guard stream.memory >> shift & 0xff < recordLimit else { return .end }
    switch bytes.byte(at: 0) {
    case Kind.handshake: return readHandshake(bytes, isLast: isLast, way, &stream, into: &output)
    case Kind.alert:
      // A warning may come before the hello; what is not two bytes long is encrypted.
      guard length == 2, bytes.byte(at: 5) == 1 else { return .end }
    case Kind.changeCipherSpec, Kind.data: break
    default: return .end
    }
    stream.memory &+= 1 << shift
    return .read(UInt64(5 &+ length))
  }

  /// Reads the handshake messages of one record, and of those after it that the last of them reaches into.
  private static func readHandshake(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    // Nothing but hellos matters, and what is encrypted must not be taken for a message.
    guard stream.memory & isAnswered == 0, (1...2).contains(bytes.byte(at: 5)) else { return .end }
    let end = 5 &+ Int(bytes.bigEndian(UInt16.self, at: 3))
    let record = bytes.extracting(5..<min(end, bytes.byteCount))
    switch readMessages(record, isLast: false, way, &stream, into: &output) {
    case .whole:
      guard end <= bytes.byteCount else { return isLast ? .end : .more }
      let shift = UInt64(8 &+ 8 &* way)
      stream.memory &+= 1 << shift
      stream.sides[way].stage = 0
      return .read(UInt64(end))
    case .done: return .end
    case .cut: break
    }
    return readOver(bytes, isLast: isLast, way, &stream, into: &output)
  }

  /// Reads messages that lie in more than one record.
  private static func readOver(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    var fragments: [UInt8] = []
    var offset = 0
    while offset &+ 5 <= bytes.byteCount {
      let end = offset &+ 5 &+ Int(bytes.bigEndian(UInt16.self, at: offset &+ 3))
      guard bytes.byte(at: offset) == Kind.handshake else { return .end }
      guard end <= bytes.byteCount || isLast else { return .more }
      fragments.append(bytes.extracting(offset &+ 5..<min(end, bytes.byteCount)))
      offset = end
    }
    let span = RawSpan(_elements: fragments.span)
    switch readMessages(span, isLast: isLast, way, &stream, into: &output) {
    case .whole:
      stream.sides[way].stage = 0
      return .read(UInt64(offset))
    case .done: return .end
    case .cut: return isLast ? .end : .more
    }
  }

  private enum Reading { case whole, cut, done }

  /// Reads the messages of joined fragments that were not told of.
  /// - Parameter isLast: what is cut off is read as far as it goes.
  /// - Returns: whether the last of them is whole; `done` when nothing more matters in this direction.
  private static func readMessages(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Reading {
    var offset = 0
    var number: UInt8 = 0
    while offset < bytes.byteCount {
      guard offset &+ 4 <= bytes.byteCount else { return .cut }
      let length = Int(bytes.bigEndian(UInt32.self, at: offset) & 0xff_ffff)
      let end = offset &+ 4 &+ length
      if end > bytes.byteCount, !isLast { return length < BufferPool.limit ? .cut : .done }
      if number >= stream.sides[way].stage {
        let body = bytes.extracting(offset &+ 4..<min(end, bytes.byteCount))
        switch bytes.byte(at: offset) {
        case Handshake.clientHello:
          guard TLSHello.readClient(body, .tcp, into: &output) else { return .done }
        case Handshake.serverHello:
          guard let hello = TLSHello.readServer(body, .tcp, into: &output) else { return .done }
          if !hello.isRetryRequest {
            stream.memory |= isAnswered
            stream.sides[1 - way].isOver = true
            return .done
          }
        default: return .done
        }
        stream.sides[way].stage = number &+ 1
      }
      number &+= 1
      offset = end
      if number == 16 { return .done }
    }
    return .whole
  }
}
