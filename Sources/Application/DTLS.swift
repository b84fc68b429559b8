import Bytes

/// DTLS, until the handshake is answered.
///
///     record:     type 1  version 2  epoch 2  sequence number 6  length 2  fragment          RFC 6347 §4.1
///     handshake:  type 1  length 3  message number 2  fragment's offset 3  fragment's length 3  body
struct DTLSHandshake: Sendable {
  private static let recordHeader = 13
  private static let messageHeader = 12
  /// The most records of one datagram that are looked at.
  private static let recordLimit = 8

  /// The message of each direction whose fragments come: its number and length, and what there is of it.
  private struct Partial: Sendable {
    var number: UInt16 = 0
    var length = 0
    var bytes = PartialBytes()
  }
  private var forward = Partial()
  private var backward = Partial()

  static func begins(_ bytes: RawSpan) -> Bool {
    bytes.byteCount >= recordHeader &+ messageHeader && bytes.byte(at: 0) == 22 && bytes.byte(at: 1) == 0xfe
      && [0xff, 0xfd].contains(bytes.byte(at: 2)) && bytes.bigEndian(UInt16.self, at: 3) == 0
  }

  /// Reads a datagram's records.
  mutating func read(_ bytes: RawSpan, isForward: Bool, into output: inout Output) {
    var offset = 0
    for _ in 0..<Self.recordLimit {
      let rest = bytes.extracting(offset..<bytes.byteCount)
      guard Self.begins(rest), let record = rest.vector16(at: 11) else { return }
      readFragment(rest.extracting(record), isForward: isForward, into: &output)
      offset &+= record.upperBound
    }
  }

  private mutating func readFragment(_ bytes: RawSpan, isForward: Bool, into output: inout Output) {
    guard bytes.byteCount >= Self.messageHeader else { return }
    let type = bytes.byte(at: 0)
    let length = Int(bytes.bigEndian(UInt32.self, at: 0) & 0xff_ffff)
    let offset = Int(bytes.bigEndian(UInt32.self, at: 5) & 0xff_ffff)
    let end = Self.messageHeader &+ Int(bytes.bigEndian(UInt32.self, at: 8) & 0xff_ffff)
    guard (1...2).contains(type), end <= bytes.byteCount, length <= HandshakeStream.limit else { return }
    let data = bytes.extracting(Self.messageHeader..<end)
    if offset == 0, data.byteCount == length { return Self.readMessage(type, data, into: &output) }

    var partial = isForward ? forward : backward
    if partial.length != length || partial.number != bytes.bigEndian(UInt16.self, at: 4) {
      partial = Partial(number: bytes.bigEndian(UInt16.self, at: 4), length: length)
    }
    if partial.bytes.add(data, at: offset, limit: length), partial.bytes.start == length {
      Self.readMessage(type, RawSpan(_elements: partial.bytes.bytes.span), into: &output)
      partial = Partial()
    }
    if isForward { forward = partial } else { backward = partial }
  }

  private static func readMessage(_ type: UInt8, _ body: RawSpan, into output: inout Output) {
    if type == 1 {
      _ = TLSHello.readClient(body, .dtls, into: &output)
    } else {
      _ = TLSHello.readServer(body, .dtls, into: &output)
    }
  }
}
