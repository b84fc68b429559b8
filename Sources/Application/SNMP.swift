import Bytes

/// An SNMP message of version 1, 2c or 3 (RFC 1157, RFC 1901, RFC 3412).
package struct SNMPMessage: Sendable, BitwiseCopyable {
  /// As the message has it: 0 for version 1, 1 for 2c, 3 for 3.
  package var version: UInt8
  /// The community; of version 3 the user's name (RFC 3414 §2.4).
  package var community: TextRange
  /// 0 get, 1 get next, 2 response, 3 set, 4 trap of version 1, 5 get bulk, 6 inform, 7 trap, 8 report (RFC 3416 §3); 255 where it is encrypted.
  package var type: UInt8
}

/// SNMP's messages are BER: a tag, a length and a value, nested (ITU-T X.690).
enum SNMP {
  private enum Tag { static let integer: UInt8 = 2, octets: UInt8 = 4, sequence: UInt8 = 0x30 }

  /// Reads a datagram that is one whole message.
  /// - Returns: false when it is none.
  static func read(_ bytes: RawSpan, into output: inout Output) -> Bool {
    guard let message = bytes.element(at: 0, Tag.sequence), message.upperBound == bytes.byteCount,
      let version = bytes.element(at: message.lowerBound, Tag.integer), version.count == 1
    else { return false }
    switch bytes.byte(at: version.lowerBound) {
    case 0, 1: return readCommunity(bytes, at: version.upperBound, bytes.byte(at: version.lowerBound), into: &output)
    case 3: return readThree(bytes, at: version.upperBound, into: &output)
    default: return false
    }
  }

  private static func readCommunity(
    _ bytes: RawSpan, at offset: Int, _ version: UInt8, into output: inout Output
  ) -> Bool {
    guard let community = bytes.element(at: offset, Tag.octets),
      let type = bytes.pduType(at: community.upperBound)
    else { return false }
    output.messages.append(
      .snmp(SNMPMessage(version: version, community: output.texts.add(bytes, community), type: type)))
    return true
  }

  /// Version 3: header (identifier, greatest size, flags, model), security parameters, data (RFC 3412 §6).
  private static func readThree(_ bytes: RawSpan, at offset: Int, into output: inout Output) -> Bool {
    guard let header = bytes.element(at: offset, Tag.sequence),
      let identifier = bytes.element(at: header.lowerBound, Tag.integer),
      let size = bytes.element(at: identifier.upperBound, Tag.integer),
      let flags = bytes.element(at: size.upperBound, Tag.octets), flags.count == 1,
      let model = bytes.element(at: flags.upperBound, Tag.integer), model.upperBound == header.upperBound,
      let security = bytes.element(at: header.upperBound, Tag.octets), security.upperBound < bytes.byteCount
    else { return false }
    var message = SNMPMessage(version: 3, community: .empty, type: 255)
    if let user = user(bytes, security) { message.community = output.texts.add(bytes, user) }
    // The data is plain where the flags do not say that it is encrypted: a context's engine and name, and the PDU.
    if bytes.byte(at: flags.lowerBound) & 2 == 0, let scoped = bytes.element(at: security.upperBound, Tag.sequence),
      let engine = bytes.element(at: scoped.lowerBound, Tag.octets),
      let name = bytes.element(at: engine.upperBound, Tag.octets), let type = bytes.pduType(at: name.upperBound)
    {
      message.type = type
    }
    output.messages.append(.snmp(message))
    return true
  }

  /// The user's name in the security parameters: engine, boots, time, name (RFC 3414 §2.4).
  private static func user(_ bytes: RawSpan, _ security: Range<Int>) -> Range<Int>? {
    guard let parameters = bytes.element(at: security.lowerBound, Tag.sequence),
      let engine = bytes.element(at: parameters.lowerBound, Tag.octets),
      let boots = bytes.element(at: engine.upperBound, Tag.integer),
      let time = bytes.element(at: boots.upperBound, Tag.integer)
    else { return nil }
    return bytes.element(at: time.upperBound, Tag.octets)
  }
}

extension RawSpan {
  /// The value of the BER element with this tag at `offset`; nil for another tag, or when it leaves the span.
  fileprivate func element(at offset: Int, _ tag: UInt8) -> Range<Int>? {
    guard offset &+ 2 <= byteCount, byte(at: offset) == tag else { return nil }
    let first = byte(at: offset &+ 1)
    if first < 0x80 { return vector8(at: offset &+ 1) }
    // So many bytes of length follow (X.690 §8.1.3.5).
    let count = Int(first & 0x7f)
    guard (1...3).contains(count), offset &+ 2 &+ count <= byteCount else { return nil }
    let start = offset &+ 2 &+ count
    let length = (offset &+ 2..<start).reduce(0) { $0 << 8 | Int(byte(at: $1)) }
    return start &+ length <= byteCount ? start..<start &+ length : nil
  }

  /// The number of the PDU at `offset`; nil when there is none.
  fileprivate func pduType(at offset: Int) -> UInt8? {
    guard offset < byteCount, (0xa0...0xa8).contains(byte(at: offset)),
      element(at: offset, byte(at: offset)) != nil
    else { return nil }
    return byte(at: offset) & 0xf
  }
}
