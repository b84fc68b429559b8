/// What an application said: one message of one protocol, or the part of one that is read. A small value; its texts are ranges of `Texts`
/// and hold until the next packet is read.
package enum Message: Sendable, BitwiseCopyable {
  /// One question of a DNS message, or its header alone when it has none.
  case dns(DNSMessage)
  /// An address that a DNS answer gave for a name.
  case dnsAddress(DNSAddress)
  case httpRequest(HTTPRequest)
  case httpResponse(HTTPResponse)
  case tlsClientHello(TLSClientHello)
  case tlsServerHello(TLSServerHello)
  case quicInitial(QUICInitial)
  case sshBanner(SSHBanner)
  case sshKeyExchange(SSHKeyExchange)
  case smtpCommand(SMTPCommand)
  case smtpReply(SMTPReply)
  case ftpCommand(FTPCommand)
  case ftpReply(FTPReply)
  case socksRequest(SOCKSRequest)
  case socksReply(SOCKSReply)
  case ntp(NTPMessage)
  case dhcp(DHCPMessage)
  case snmp(SNMPMessage)
  case nbns(NBNSMessage)
  case wireGuard(WireGuardMessage)
}

/// A piece of `Texts`.
package struct TextRange: Sendable, Hashable, BitwiseCopyable {
  package var offset: UInt32
  package var count: UInt32

  package static var empty: TextRange { TextRange(offset: 0, count: 0) }
  package var isEmpty: Bool { count == 0 }

  package init(offset: UInt32, count: UInt32) {
    self.offset = offset
    self.count = count
  }
}

/// The texts of one packet's messages. Its room is kept from packet to packet; what does not fit is cut, and counted.
package struct Texts: Sendable {
  /// The most bytes that one packet's messages may have.
  static let limit = 1 << 16
  package private(set) var bytes: [UInt8] = []
  /// Texts that were cut because the packet's messages had no more room.
  package private(set) var cuts: UInt64 = 0

  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  /// Where the next text will start.
  var mark: Int { bytes.count }

  mutating func append(_ byte: UInt8) {
    if bytes.count < Self.limit { bytes.append(byte) }
  }

  /// The text from a mark to here.
  mutating func range(from mark: Int) -> TextRange {
    if bytes.count == Self.limit { cuts &+= 1 }
    return TextRange(offset: UInt32(truncatingIfNeeded: mark), count: UInt32(truncatingIfNeeded: bytes.count - mark))
  }

  /// Takes back what was appended since.
  mutating func rewind(to mark: Int) {
    if mark < bytes.count { bytes.removeLast(bytes.count - mark) }
  }

  /// The bytes of a text.
  package subscript(range: TextRange) -> ArraySlice<UInt8> {
    bytes[Int(range.offset)..<Int(range.offset + range.count)]
  }

  /// The text as a string; bytes that are not UTF-8 become U+FFFD.
  package func string(_ range: TextRange) -> String { String(decoding: self[range], as: UTF8.self) }
}
