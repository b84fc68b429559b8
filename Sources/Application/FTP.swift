import Bytes
package import Events

/// A command of FTP (RFC 959 §4.1).
package struct FTPCommand: Sendable, BitwiseCopyable {
  package var verb: TextRange
  /// What follows the verb; empty for PASS and ACCT, whose argument is a secret.
  package var argument: TextRange
  /// Where the client waits for data: of PORT and EPRT.
  package var data: FTPEndpoint?
}

/// A reply of FTP (RFC 959 §4.2): its last line.
package struct FTPReply: Sendable, BitwiseCopyable {
  package var status: UInt16
  package var text: TextRange
  /// Where the server waits for data: of 227 and 229.
  package var data: FTPEndpoint?
}

/// Where a data connection will go.
package struct FTPEndpoint: Sendable, BitwiseCopyable {
  /// Nil where the address is the control connection's (RFC 2428 §3), and of EPRT, whose argument has it as text.
  package var address: Address?
  package var port: UInt16
}

enum FTP {
  /// AUTH TLS was asked for, in the stream's memory.
  private static let isTLSAsked: UInt64 = 1

  /// RFC 959, 2228, 2389, 2428, 3659.
  private static let verbs: [StaticString] = [
    "USER", "PASS", "ACCT", "CWD", "CDUP", "SMNT", "QUIT", "REIN", "PORT", "PASV", "TYPE", "STRU", "MODE", "RETR",
    "STOR", "STOU", "APPE", "ALLO", "REST", "RNFR", "RNTO", "ABOR", "DELE", "RMD", "MKD", "PWD", "LIST", "NLST", "SITE",
    "SYST", "STAT", "HELP", "NOOP", "AUTH", "ADAT", "PROT", "PBSZ", "CCC", "MIC", "CONF", "ENC", "FEAT", "OPTS", "EPRT",
    "EPSV", "SIZE", "MDTM", "MLST", "MLSD", "LANG", "XCWD", "XPWD", "XMKD", "XRMD", "XCUP", "CLNT", "HASH", "MFMT",
    "HOST", "LPRT", "LPSV",
  ]
  /// Of them those that no other protocol of lines has, with what must follow them.
  private static let openings: [StaticString] = [
    "PASV\r\n", "EPSV\r\n", "EPSV ", "PORT ", "EPRT |", "RETR /", "STOR ", "MLSD", "MLST", "MDTM ", "SIZE /",
    "TYPE I\r\n",
    "TYPE A\r\n", "SYST\r\n", "FEAT\r\n", "CWD ", "AUTH TLS\r\n", "AUTH SSL\r\n", "PBSZ ", "PROT P\r\n", "PROT C\r\n",
    "OPTS UTF8",
  ]

  /// - Parameter isGreeted: the other end said something that may be a server's greeting.
  static func begins(_ bytes: RawSpan, ports: [2 of UInt16], isGreeted: Bool) -> Beginning {
    guard let line = bytes.line() else {
      let isOpen = openings.contains { bytes.common(with: $0) == min(bytes.byteCount, $0.utf8CodeUnitCount) }
      return bytes.byteCount < 512 && (isOpen || bytes.common(with: "220") == min(3, bytes.byteCount)) ? .more : .no
    }
    if let status = bytes.replyStatus(end: line.end) {
      if status == 227 { return endpoint(bytes, line.end) != nil ? .yes : .no }
      guard status == 220 else { return .no }
      if bytes.contains("FTP", before: line.end) || ports[0] == 21 || ports[1] == 21 { return .yes }
      return bytes.byteCount < 1024 ? .more : .no
    }
    // POP3 and IRC have USER too.
    let isFirst = isGreeted && bytes.hasText("USER ", at: 0) || openings.contains { bytes.hasText($0, at: 0) }
    return isFirst && isPrintable(bytes, line.end) ? .yes : .no
  }

  private static func isPrintable(_ bytes: RawSpan, _ end: Int) -> Bool {
    (0..<end).allSatisfy { bytes.byte(at: $0) >= 0x20 && bytes.byte(at: $0) != 0x7f }
  }

  /// Whether a command or a reply starts here, once it is known that the stream is FTP.
  static func resumes(_ bytes: RawSpan) -> Beginning {
    guard let line = bytes.line() else { return .no }
    return bytes.replyStatus(end: line.end) != nil
      || bytes.index(of: bytes.word(at: 0, end: line.end), in: verbs) != nil
      ? .yes : .no
  }

  static func step(_ bytes: RawSpan, isLast: Bool, _ stream: inout Stream, into output: inout Output) -> Step {
    guard let line = bytes.line() else { return bytes.lineStep(isLast: isLast) }
    if let status = bytes.replyStatus(end: line.end) {
      guard bytes.isLastReplyLine(end: line.end) else { return .read(UInt64(line.next)) }
      output.messages.append(
        .ftpReply(
          FTPReply(
            status: status, text: output.texts.add(bytes, min(4, line.end)..<line.end),
            data: status == 227 || status == 229 ? endpoint(bytes, line.end) : nil)))
      // TLS follows (RFC 4217 §4).
      if status == 234, stream.memory & isTLSAsked != 0 { return .anew(UInt64(line.next)) }
      if status >= 400 { stream.memory = 0 }
      return .read(UInt64(line.next))
    }
    readCommand(bytes, line, &stream, into: &output)
    return .read(UInt64(line.next))
  }

  private static func readCommand(
    _ bytes: RawSpan, _ line: Line, _ stream: inout Stream, into output: inout Output
  ) {
    let verb = bytes.word(at: 0, end: line.end)
    guard bytes.index(of: verb, in: verbs) != nil else { return }
    let argument = bytes.rest(after: verb, end: line.end)
    let isSecret = bytes.hasText("PASS", at: 0) || bytes.hasText("ACCT", at: 0)
    let hasEndpoint = bytes.hasText("PORT", at: 0) || bytes.hasText("EPRT", at: 0)
    output.messages.append(
      .ftpCommand(
        FTPCommand(
          verb: output.texts.add(bytes, verb), argument: isSecret ? .empty : output.texts.add(bytes, argument),
          data: hasEndpoint ? endpoint(bytes, line.end) : nil)))
    if bytes.hasText("AUTH TLS", at: 0) || bytes.hasText("AUTH SSL", at: 0) { stream.memory = isTLSAsked }
  }

  /// The endpoint in a line: `h1,h2,h3,h4,p1,p2` (RFC 959 §4.1.2), or `|protocol|address|port|` with any delimiter (RFC 2428 §2). It is
  /// looked for in the first 256 bytes, behind the status or the verb.
  private static func endpoint(_ bytes: RawSpan, _ end: Int) -> FTPEndpoint? {
    let end = min(end, 256)
    for start in 4..<max(end, 4) {
      if let found = sixNumbers(bytes, start..<end) ?? delimited(bytes, start..<end) { return found }
    }
    return nil
  }

  private static func sixNumbers(_ bytes: RawSpan, _ range: Range<Int>) -> FTPEndpoint? {
    var numbers: UInt64 = 0
    var start = range.lowerBound
    for number in 0..<6 {
      var end = start
      while end < range.upperBound, bytes.byte(at: end) &- 0x30 <= 9 { end &+= 1 }
      guard let value = bytes.number(in: start..<end), value < 256 else { return nil }
      numbers = numbers << 8 | value
      guard number == 5 || end < range.upperBound && bytes.byte(at: end) == UInt8(ascii: ",") else { return nil }
      start = end &+ 1
    }
    return FTPEndpoint(
      address: Address(v4: UInt32(truncatingIfNeeded: numbers >> 16)), port: UInt16(truncatingIfNeeded: numbers))
  }

  private static func delimited(_ bytes: RawSpan, _ range: Range<Int>) -> FTPEndpoint? {
    let mark = bytes.byte(at: range.lowerBound)
    guard mark == UInt8(ascii: "|") || (0x21...0x2f).contains(mark) else { return nil }
    var start = range.lowerBound &+ 1
    for number in 0..<3 {
      guard start < range.upperBound, let end = bytes.first(mark, in: start..<range.upperBound) else { return nil }
      if number == 2 {
        guard let port = bytes.number(in: start..<end), port > 0, port < 1 << 16 else { return nil }
        return FTPEndpoint(address: nil, port: UInt16(port))
      }
      start = end &+ 1
    }
    return nil
  }
}
