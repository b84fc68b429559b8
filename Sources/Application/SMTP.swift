import Bytes

/// A command of SMTP (RFC 5321 §4.1) or LMTP (RFC 2033).
package struct SMTPCommand: Sendable, BitwiseCopyable {
  package var verb: TextRange
  /// What follows the verb; of AUTH only the mechanism.
  package var argument: TextRange
}

/// A reply of SMTP (RFC 5321 §4.2): its last line.
package struct SMTPReply: Sendable, BitwiseCopyable {
  package var status: UInt16
  package var text: TextRange
}

/// SMTP: commands and replies are read; messages are passed over to the line that has only a dot, and what AUTH sends is not looked at.
enum SMTP {
  /// Where a direction is, as `Side.stage`. The stages of a message are how much of its last line has come.
  private enum Stage: UInt8 { case command, lineStart, line, dot, dotReturn, secret }
  /// STARTTLS was asked for, in the stream's memory.
  private static let isTLSAsked: UInt64 = 1

  private static let verbs: [StaticString] = [
    "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "VRFY", "EXPN", "HELP", "NOOP", "QUIT", "STARTTLS",
    "AUTH", "ETRN",
  ]
  private static let greetings: [StaticString] = ["EHLO ", "HELO ", "LHLO ", "MAIL FROM:", "RCPT TO:"]

  private static func isPort(_ port: UInt16) -> Bool { [25, 465, 587, 2525].contains(port) }

  /// A client's greeting; or a server's, which FTP's is like: then a word in it, the port or the client decides.
  static func begins(_ bytes: RawSpan, ports: [2 of UInt16]) -> Beginning {
    if greetings.contains(where: { bytes.hasText($0, at: 0) }) { return .yes }
    let isOpen = greetings.contains {
      bytes.byteCount < $0.utf8CodeUnitCount && bytes.common(with: $0) == bytes.byteCount
    }
    guard let line = bytes.line() else {
      return isOpen || bytes.byteCount < 512 && bytes.common(with: "220") == min(3, bytes.byteCount) ? .more : .no
    }
    guard bytes.replyStatus(end: line.end) == 220 else { return .no }
    if bytes.contains("SMTP", before: line.end) || isPort(ports[0]) || isPort(ports[1]) { return .yes }
    return bytes.byteCount < 1024 ? .more : .no
  }

  /// Whether a command or a reply starts here, once it is known that the stream is SMTP.
  static func resumes(_ bytes: RawSpan) -> Beginning {
    guard let line = bytes.line() else { return .no }
    return bytes.replyStatus(end: line.end) != nil
      || bytes.index(of: bytes.word(at: 0, end: line.end), in: verbs) != nil
      ? .yes : .no
  }

  static func step(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    let stage = Stage(rawValue: stream.sides[way].stage) ?? .command
    switch stage {
    case .lineStart, .line, .dot, .dotReturn: return passMessage(bytes, stage, &stream.sides[way])
    case .command, .secret: break
    }
    guard let line = bytes.line() else { return bytes.lineStep(isLast: isLast) }
    if stage == .secret {
      stream.sides[way].stage = Stage.command.rawValue
    } else if let status = bytes.replyStatus(end: line.end) {
      if bytes.isLastReplyLine(end: line.end) { return readReply(bytes, status, line, way, &stream, into: &output) }
    } else {
      return readCommand(bytes, line, way, &stream, into: &output)
    }
    return .read(UInt64(line.next))
  }

  private static func readReply(
    _ bytes: RawSpan, _ status: UInt16, _ line: Line, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    output.messages.append(
      .smtpReply(SMTPReply(status: status, text: output.texts.add(bytes, min(4, line.end)..<line.end))))
    switch status {
    case 354: stream.sides[1 - way].stage = Stage.lineStart.rawValue
    case 334: stream.sides[1 - way].stage = Stage.secret.rawValue
    case 220 where stream.memory & isTLSAsked != 0: return .anew(UInt64(line.next))
    case 400...: (stream.memory, stream.sides[1 - way].stage) = (0, Stage.command.rawValue)
    default: break
    }
    return .read(UInt64(line.next))
  }

  private static func readCommand(
    _ bytes: RawSpan, _ line: Line, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    let verb = bytes.word(at: 0, end: line.end)
    guard bytes.index(of: verb, in: verbs) != nil else { return .read(UInt64(line.next)) }
    var argument = bytes.rest(after: verb, end: line.end)
    if bytes.hasText("AUTH", at: 0) { argument = bytes.word(at: argument.lowerBound, end: argument.upperBound) }
    output.messages.append(
      .smtpCommand(SMTPCommand(verb: output.texts.add(bytes, verb), argument: output.texts.add(bytes, argument))))
    if bytes.hasText("STARTTLS", at: 0) { stream.memory = isTLSAsked }
    if bytes.hasText("BDAT ", at: 0) {
      // So many bytes follow (RFC 3030 §2).
      let size = bytes.number(in: bytes.word(at: argument.lowerBound, end: argument.upperBound)) ?? 0
      return .read(UInt64(line.next) &+ size)
    }
    return .read(UInt64(line.next))
  }

  /// Passes over a message's lines up to the one that has only a dot (RFC 5321 §4.1.1.4).
  private static func passMessage(_ bytes: RawSpan, _ start: Stage, _ side: inout Side) -> Step {
    var stage = start
    for place in 0..<bytes.byteCount {
      switch (stage, bytes.byte(at: place)) {
      case (.dot, 0x0a), (.dotReturn, 0x0a):
        side.stage = Stage.command.rawValue
        return .read(UInt64(place &+ 1))
      case (_, 0x0a): stage = .lineStart
      case (.lineStart, UInt8(ascii: ".")): stage = .dot
      case (.dot, 0x0d): stage = .dotReturn
      default: stage = .line
      }
    }
    side.stage = stage.rawValue
    return .read(UInt64(bytes.byteCount))
  }
}
