import Bytes
package import Events

/// A DNS message's header and one of its questions.
///
///      0                               15
///     +--------------------------------+
///     |               ID               |
///     |QR| opcode |AA|TC|RD|RA|Z|RCODE |
///     |            QDCOUNT             |
///     |            ANCOUNT             |
///     |            NSCOUNT             |
///     |            ARCOUNT             |
///     +--------------------------------+      RFC 1035 §4.1.1
package struct DNSMessage: Sendable, BitwiseCopyable {
  package var identification: UInt16
  /// QR, opcode, flags and RCODE as in the header.
  package var flags: UInt16
  package var questions: UInt16
  package var answers: UInt16
  /// The question's place in the message, from 0; 0 also when there is none.
  package var question: UInt16
  /// QTYPE and QCLASS; 0 without a question.
  package var type: UInt16
  package var `class`: UInt16
  /// The name without its last dot, `.` for the root; empty without a question. UTF-8 and blanks stand as they are; what else is not printable, and a
  /// dot or a backslash in a label, is escaped as in a zone file (RFC 1035 §5.1).
  package var name: TextRange

  package var isResponse: Bool { flags & 0x8000 != 0 }
  package var opcode: UInt16 { flags >> 11 & 0xf }
  package var responseCode: UInt16 { flags & 0xf }
}

/// An A or AAAA record of an answer, under the name that was asked for.
package struct DNSAddress: Sendable, BitwiseCopyable {
  package var name: TextRange
  package var address: Address
  /// Seconds.
  package var timeToLive: UInt32
}

/// DNS, multicast DNS (RFC 6762) and LLMNR (RFC 4795): one form on three ports.
enum DNS {
  static let headerLength = 12
  /// The most questions and answers that are read of one message.
  static let questionLimit = 64
  static let recordLimit = 128
  /// The most labels and pointers of one name that are followed. 127 labels are possible (RFC 1035 §2.3.4).
  static let stepLimit = 256

  /// A DNS port: domain, mdns, llmnr.
  static func isPort(_ port: UInt16) -> Bool { port == 53 || port == 5353 || port == 5355 }

  /// Whether a datagram between other ports is DNS beyond doubt: one question, for a name of printable characters and a type and class that
  /// are known, and nothing behind the last record.
  static func isCertain(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount >= headerLength &+ 7 else { return false }
    let flags = bytes.bigEndian(UInt16.self, at: 2)
    // Opcode QUERY, no Z; what a query does not say is zero.
    guard flags & 0x7840 == 0, flags & 0x8000 != 0 || flags & 0x068f == 0 else { return false }
    guard bytes.bigEndian(UInt16.self, at: 4) == 1, bytes.byte(at: headerLength) != 0 else { return false }
    let records =
      Int(bytes.bigEndian(UInt16.self, at: 6)) &+ Int(bytes.bigEndian(UInt16.self, at: 8))
      &+ Int(bytes.bigEndian(UInt16.self, at: 10))
    guard records <= recordLimit, flags & 0x8000 != 0 || records <= 1 else { return false }
    var offset = headerLength
    while offset < bytes.byteCount, bytes.byte(at: offset) != 0 {
      let label = Int(bytes.byte(at: offset))
      guard label <= 63, offset &+ 1 &+ label < bytes.byteCount else { return false }
      for place in offset &+ 1...offset &+ label where !(0x21...0x7e).contains(bytes.byte(at: place)) { return false }
      offset &+= label &+ 1
    }
    offset &+= 1
    guard offset &+ 4 <= bytes.byteCount, DNSType.isKnown(bytes.bigEndian(UInt16.self, at: offset)) else {
      return false
    }
    switch bytes.bigEndian(UInt16.self, at: offset &+ 2) {
    case 1, 3, 255: break
    default: return false
    }
    offset &+= 4
    for _ in 0..<records {
      guard let end = skipName(bytes, at: offset), end &+ 10 <= bytes.byteCount else { return false }
      offset = end &+ 10 &+ Int(bytes.bigEndian(UInt16.self, at: end &+ 8))
      guard offset <= bytes.byteCount else { return false }
    }
    return offset == bytes.byteCount
  }

  /// Where the name at `offset` ends in the message.
  private static func skipName(_ bytes: RawSpan, at start: Int) -> Int? {
    var offset = start
    while offset < bytes.byteCount {
      let label = Int(bytes.byte(at: offset))
      if label == 0 { return offset &+ 1 }
      if label >= 0xc0 { return offset &+ 2 }
      guard label <= 63 else { return nil }
      offset &+= label &+ 1
    }
    return nil
  }

  /// Reads one message.
  /// - Returns: false when the bytes cannot be DNS; what was read before a fault stands.
  static func read(_ bytes: RawSpan, into output: inout Output) -> Bool {
    guard bytes.byteCount >= headerLength else { return false }
    var message = DNSMessage(
      identification: bytes.bigEndian(UInt16.self, at: 0), flags: bytes.bigEndian(UInt16.self, at: 2),
      questions: bytes.bigEndian(UInt16.self, at: 4), answers: bytes.bigEndian(UInt16.self, at: 6), question: 0,
      type: 0, class: 0, name: .empty)
    guard message.questions > 0 else {
      output.messages.append(.dns(message))
      readAddresses(bytes, from: headerLength, count: message.answers, asked: nil, into: &output)
      return true
    }
    var offset = headerLength
    var first: TextRange?
    for question in 0..<min(Int(message.questions), questionLimit) {
      let mark = output.texts.mark
      guard let end = readName(bytes, at: offset, into: &output.texts), end &+ 4 <= bytes.byteCount else {
        output.texts.rewind(to: mark)
        // A message that ends early is told of; one whose very first question is none may be anything.
        return question > 0
      }
      message.question = UInt16(question)
      message.name = output.texts.range(from: mark)
      message.type = bytes.bigEndian(UInt16.self, at: end)
      message.class = bytes.bigEndian(UInt16.self, at: end &+ 2)
      output.messages.append(.dns(message))
      if first == nil { first = message.name }
      offset = end &+ 4
    }
    guard message.isResponse, Int(message.questions) <= questionLimit else { return true }
    readAddresses(bytes, from: offset, count: message.answers, asked: first, into: &output)
    return true
  }

  /// Reads the answers' addresses, under the name that was asked for, or without a question under their own.
  private static func readAddresses(
    _ bytes: RawSpan, from start: Int, count: UInt16, asked: TextRange?, into output: inout Output
  ) {
    var offset = start
    for _ in 0..<min(Int(count), recordLimit) {
      let mark = output.texts.mark
      guard let end = readName(bytes, at: offset, into: &output.texts), end &+ 10 <= bytes.byteCount else {
        return output.texts.rewind(to: mark)
      }
      let own = output.texts.range(from: mark)
      let type = bytes.bigEndian(UInt16.self, at: end)
      let length = Int(bytes.bigEndian(UInt16.self, at: end &+ 8))
      offset = end &+ 10 &+ length
      guard offset <= bytes.byteCount else { return output.texts.rewind(to: mark) }
      let address: Address
      switch (type, length) {
      case (1, 4): address = Address(v4: bytes.bigEndian(UInt32.self, at: end &+ 10))
      case (28, 16):
        address = Address(
          v6High: bytes.bigEndian(UInt64.self, at: end &+ 10), low: bytes.bigEndian(UInt64.self, at: end &+ 18))
      default:
        output.texts.rewind(to: mark)
        continue
      }
      if asked != nil { output.texts.rewind(to: mark) }
      output.messages.append(
        .dnsAddress(
          DNSAddress(name: asked ?? own, address: address, timeToLive: bytes.bigEndian(UInt32.self, at: end &+ 4))))
    }
  }

  /// Appends the name at `offset`, its compression followed (RFC 1035 §4.1.4).
  /// - Returns: where it ends in the message; nil when it leaves the message, is too long, or its pointers do not point back.
  static func readName(_ bytes: RawSpan, at start: Int, into texts: inout Texts) -> Int? {
    var offset = start
    var end: Int?
    var length = 0
    let mark = texts.mark
    for _ in 0..<stepLimit {
      guard offset < bytes.byteCount else { return nil }
      let label = Int(bytes.byte(at: offset))
      switch label {
      case 0:
        if texts.mark == mark { texts.append(UInt8(ascii: ".")) }
        return end ?? offset &+ 1
      case 1...63:
        length &+= label &+ 1
        guard length < 255, offset &+ 1 &+ label <= bytes.byteCount else { return nil }
        if texts.mark != mark { texts.append(UInt8(ascii: ".")) }
        appendLabel(bytes, offset &+ 1..<offset &+ 1 &+ label, into: &texts)
        offset &+= 1 &+ label
      case 0xc0...:
        guard offset &+ 2 <= bytes.byteCount else { return nil }
        let target = Int(bytes.bigEndian(UInt16.self, at: offset) & 0x3fff)
        if end == nil { end = offset &+ 2 }
        guard target < offset else { return nil }
        offset = target
      default: return nil
      }
    }
    return nil
  }

  /// A label as people read it: UTF-8 and blanks stand as they are (RFC 6763 §4.1.3), what else is not printable is escaped.
  private static func appendLabel(_ bytes: RawSpan, _ label: Range<Int>, into texts: inout Texts) {
    var place = label.lowerBound
    while place < label.upperBound {
      let byte = bytes.byte(at: place)
      let count = byte < 0x80 ? 1 : sequenceLength(bytes, place..<label.upperBound)
      if count == 1 || count == 0 {
        escape(byte, into: &texts)
      } else {
        for next in place..<place &+ count { texts.append(bytes.byte(at: next)) }
      }
      place &+= max(count, 1)
    }
  }

  /// How many bytes the UTF-8 sequence at the range's start has (RFC 3629 §4); 0 when there is none.
  private static func sequenceLength(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
    let count: Int
    switch bytes.byte(at: range.lowerBound) {
    case 0xc2...0xdf: count = 2
    case 0xe0...0xef: count = 3
    case 0xf0...0xf4: count = 4
    default: return 0
    }
    guard count <= range.count else { return 0 }
    for place in range.lowerBound &+ 1..<range.lowerBound &+ count where bytes.byte(at: place) & 0xc0 != 0x80 {
      return 0
    }
    let second = bytes.byte(at: range.lowerBound &+ 1)
    switch bytes.byte(at: range.lowerBound) {
    case 0xe0: return second >= 0xa0 ? count : 0
    case 0xed: return second <= 0x9f ? count : 0
    case 0xf0: return second >= 0x90 ? count : 0
    case 0xf4: return second <= 0x8f ? count : 0
    default: return count
    }
  }

  /// A byte of a label as a zone file has it (RFC 1035 §5.1), but for blanks.
  private static func escape(_ byte: UInt8, into texts: inout Texts) {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "\\"):
      texts.append(UInt8(ascii: "\\"))
      texts.append(byte)
    case 0x20...0x7e: texts.append(byte)
    default:
      texts.append(UInt8(ascii: "\\"))
      texts.append(UInt8(ascii: "0") &+ byte / 100)
      texts.append(UInt8(ascii: "0") &+ byte / 10 % 10)
      texts.append(UInt8(ascii: "0") &+ byte % 10)
    }
  }
}
