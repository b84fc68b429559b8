import Bytes
package import Events

/// A DHCP message (RFC 2131 §2), or a BOOTP message with its extensions (RFC 951, RFC 2132).
package struct DHCPMessage: Sendable, BitwiseCopyable {
  /// 1 discover, 2 offer, 3 request, 4 decline, 5 ack, 6 nak, 7 release, 8 inform (RFC 2132 §9.6); 0 for BOOTP.
  package var type: UInt8
  package var isReply: Bool
  package var transaction: UInt32
  /// The client's hardware address, as hexadecimal digits.
  package var hardwareAddress: TextRange
  /// What the client calls itself (option 12); empty when it does not say.
  package var hostName: TextRange
  /// The domain that the server tells (option 15).
  package var domainName: TextRange
  /// The program or system that the client says it is (option 60).
  package var vendorClass: TextRange
  /// Option 61, as hexadecimal digits.
  package var clientIdentifier: TextRange
  /// The address that the client asks for (option 50).
  package var requestedAddress: Address?
  /// The address that the server gives (`yiaddr`).
  package var yourAddress: Address?
  /// The server (option 54).
  package var server: Address?
}

enum DHCP {
  private static let magic: UInt32 = 0x6382_5363
  /// The most options that are read.
  private static let optionLimit = 128

  /// Whether the fixed part, with the mark of the options behind it, stands here: 236 bytes, then 99, 130, 83, 99.
  static func begins(_ bytes: RawSpan) -> Bool {
    bytes.byteCount >= 240 && (1...2).contains(bytes.byte(at: 0)) && bytes.byte(at: 2) <= 16
      && bytes.bigEndian(UInt32.self, at: 236) == magic
  }

  static func read(_ bytes: RawSpan, into output: inout Output) {
    let your = bytes.bigEndian(UInt32.self, at: 16)
    var message = DHCPMessage(
      type: 0, isReply: bytes.byte(at: 0) == 2, transaction: bytes.bigEndian(UInt32.self, at: 4),
      hardwareAddress: output.texts.addHexadecimal(bytes.copy(28..<28 &+ Int(bytes.byte(at: 2)))),
      hostName: .empty, domainName: .empty, vendorClass: .empty, clientIdentifier: .empty, requestedAddress: nil,
      yourAddress: your == 0 ? nil : Address(v4: your), server: nil)
    var offset = 240
    for _ in 0..<optionLimit {
      guard offset < bytes.byteCount, bytes.byte(at: offset) != 255 else { break }
      // A pad has no length.
      if bytes.byte(at: offset) == 0 {
        offset &+= 1
        continue
      }
      guard let value = bytes.vector8(at: offset &+ 1) else { break }
      read(bytes, bytes.byte(at: offset), value, &message, &output.texts)
      offset = value.upperBound
    }
    output.messages.append(.dhcp(message))
  }

  private static func read(
    _ bytes: RawSpan, _ option: UInt8, _ value: Range<Int>, _ message: inout DHCPMessage, _ texts: inout Texts
  ) {
    let address = value.count == 4 ? Address(v4: bytes.bigEndian(UInt32.self, at: value.lowerBound)) : nil
    switch option {
    case 12: message.hostName = texts.add(bytes, value)
    case 15: message.domainName = texts.add(bytes, value)
    case 50: message.requestedAddress = address
    case 53: if value.count == 1 { message.type = bytes.byte(at: value.lowerBound) }
    case 54: message.server = address
    case 60: message.vendorClass = texts.add(bytes, value)
    case 61: message.clientIdentifier = texts.addHexadecimal(bytes.copy(value))
    default: break
    }
  }
}
