import Bytes

/// IMAP (RFC 9051), as far as TLS may follow in its stream (§6.2.1): up to where the client is known.
enum IMAP {
  private static let isTLSAsked: UInt64 = 1

  static func begins(_ bytes: RawSpan) -> Beginning {
    let common = bytes.common(with: "* OK ")
    return common == 5 ? .yes : common == bytes.byteCount ? .more : .no
  }

  static func step(_ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream) -> Step {
    guard let line = bytes.line() else { return bytes.lineStep(isLast: isLast) }
    let tag = bytes.word(at: 0, end: line.end)
    let rest = bytes.rest(after: tag, end: line.end)
    let word = bytes.word(at: rest.lowerBound, end: line.end)
    let isTagged = tag.isEmpty || ![UInt8(ascii: "*"), UInt8(ascii: "+")].contains(bytes.byte(at: 0))
    guard isTagged else { return .read(UInt64(line.next)) }
    switch bytes.index(
      of: word, in: ["STARTTLS", "OK", "NO", "BAD", "LOGIN", "AUTHENTICATE", "SELECT", "EXAMINE", "LOGOUT"])
    {
    case 0: stream.memory = isTLSAsked
    case 1: if stream.memory & isTLSAsked != 0 { return .anew(UInt64(line.next)) }
    case 2, 3: stream.memory = 0
    case nil: break
    default:
      stream.sides[1 - way].isOver = true
      return .end
    }
    return .read(UInt64(line.next))
  }
}
