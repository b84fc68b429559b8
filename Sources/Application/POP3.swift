import Bytes

/// POP3 (RFC 1939), as far as TLS may follow in its stream (RFC 2595 §4): up to where the client is known.
enum POP3 {
  private static let isTLSAsked: UInt64 = 1

  static func begins(_ bytes: RawSpan) -> Beginning {
    let common = bytes.common(with: "+OK")
    guard common == 3 else { return common == bytes.byteCount ? .more : .no }
    guard bytes.byteCount > 3 else { return .more }
    return bytes.byte(at: 3) == 0x20 || bytes.byte(at: 3) == 0x0d ? .yes : .no
  }

  static func step(_ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream) -> Step {
    guard let line = bytes.line() else { return bytes.lineStep(isLast: isLast) }
    let word = bytes.word(at: 0, end: line.end)
    switch bytes.index(of: word, in: ["STLS", "+OK", "-ERR", "PASS", "APOP", "QUIT"]) {
    case 0: stream.memory = isTLSAsked
    case 1: if stream.memory & isTLSAsked != 0 { return .anew(UInt64(line.next)) }
    case 2: stream.memory = 0
    case nil: break
    default:
      stream.sides[1 - way].isOver = true
      return .end
    }
    return .read(UInt64(line.next))
  }
}
