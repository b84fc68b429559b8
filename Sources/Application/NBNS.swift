import Bytes
package import Events

/// A message of the NetBIOS name service (RFC 1002 §4.2): its question, or its first record.
package struct NBNSMessage: Sendable, BitwiseCopyable {
  package var isResponse: Bool
  /// 0 query, 5 registration, 6 release, 7 wait, 8 refresh.
  package var opcode: UInt8
  /// The name, without the blanks at its end.
  package var name: TextRange
  /// What the name is of, its 16th byte: 0 a workstation, 0x20 a file server, 0x1b to 0x1e a domain.
  package var suffix: UInt8
  /// The address of a response, or of a registration.
  package var address: Address?
}

enum NBNS {
  static let port: UInt16 = 137

  /// Reads a datagram of NBNS's port.
  static func read(_ bytes: RawSpan, into output: inout Output) {
    guard bytes.byteCount >= 12 else { return }
    let flags = bytes.bigEndian(UInt16.self, at: 2)
    let mark = output.texts.mark
    guard let (suffix, end) = readName(bytes, at: 12, into: &output.texts) else { return }
    var message = NBNSMessage(
      isResponse: flags & 0x8000 != 0, opcode: UInt8(flags >> 11 & 0xf), name: output.texts.range(from: mark),
      suffix: suffix, address: nil)
    // In a response a record stands in the question's place; in a registration one follows it, and points back to its name.
    let hasQuestion = bytes.bigEndian(UInt16.self, at: 4) > 0
    let record = hasQuestion ? end &+ 6 : end
    // Type NB, class, time, length, flags, address.
    if !hasQuestion || bytes.bigEndian(UInt16.self, at: 10) > 0, record &+ 16 <= bytes.byteCount,
      bytes.bigEndian(UInt16.self, at: record) == 0x20
    {
      message.address = Address(v4: bytes.bigEndian(UInt32.self, at: record &+ 12))
    }
    output.messages.append(.nbns(message))
  }

  /// Appends a name: 32 letters, two for each byte (RFC 1001 §14.1), and labels of a scope behind them, which are passed over.
  /// - Returns: its last byte, and where it ends.
  private static func readName(
    _ bytes: RawSpan, at start: Int, into texts: inout Texts
  ) -> (suffix: UInt8, end: Int)? {
    guard start &+ 34 <= bytes.byteCount, bytes.byte(at: start) == 32 else { return nil }
    let mark = texts.mark
    var blanks = 0
    var suffix: UInt8 = 0
    for place in 0..<16 {
      let (high, low) = (bytes.byte(at: start &+ 1 &+ 2 &* place) &- 65, bytes.byte(at: start &+ 2 &+ 2 &* place) &- 65)
      guard high < 16, low < 16 else {
        texts.rewind(to: mark)
        return nil
      }
      suffix = high << 4 | low
      if place == 15 { break }
      // Blanks at the end are padding.
      if suffix == 0x20 || suffix == 0 {
        blanks &+= 1
        continue
      }
      for _ in 0..<blanks { texts.append(0x20) }
      blanks = 0
      texts.append(suffix)
    }
    var offset = start &+ 33
    for _ in 0..<16 {
      guard let label = bytes.vector8(at: offset) else { break }
      if label.isEmpty { return (suffix, label.upperBound) }
      offset = label.upperBound
    }
    texts.rewind(to: mark)
    return nil
  }
}
