import Bytes
import Crypto

/// What a hello tells of the program that wrote it: the same program writes the same list of suites and extensions.
///
/// - JA3 and JA3S (Salesforce, 2017): the MD5 of the hello's lists in decimal, in their order.
/// - JA4 (FoxIO, "JA4: TLS Client Fingerprinting"; BSD 3-clause as JA3): readable counts, and the SHA-256 of the sorted lists. The others of
///   its family, JA4S too, have a licence that forbids to sell them, and are not here.
///
/// GREASE values count in none of them.
enum TLSFingerprint {
  /// 32 hexadecimal digits, of `version,suites,extensions,groups,point formats`.
  static func ja3(_ hello: TLSHello, _ bytes: RawSpan, into texts: inout Texts) -> TextRange {
    var text: [UInt8] = []
    text.append(decimal: hello.version)
    text.append(UInt8(ascii: ","))
    text.append(joined: bytes.numbers16(in: hello.cipherSuites))
    text.append(UInt8(ascii: ","))
    text.append(joined: hello.extensions)
    text.append(UInt8(ascii: ","))
    text.append(joined: bytes.numbers16(in: hello.supportedGroups))
    text.append(UInt8(ascii: ","))
    text.append(joined: hello.pointFormats.map { UInt16(bytes.byte(at: $0)) })
    return texts.addHexadecimal(Insecure.MD5.hash(data: text))
  }

  /// 32 hexadecimal digits, of `version,suite,extensions`.
  static func ja3s(_ hello: TLSHello, _ suite: UInt16, into texts: inout Texts) -> TextRange {
    var text: [UInt8] = []
    text.append(decimal: hello.version)
    text.append(UInt8(ascii: ","))
    text.append(decimal: suite)
    text.append(UInt8(ascii: ","))
    text.append(joined: hello.extensions)
    return texts.addHexadecimal(Insecure.MD5.hash(data: text))
  }

  /// 36 characters, such as `t13d1516h2_8daaf6152771_b186095e22b6`.
  static func ja4(
    _ hello: TLSHello, _ bytes: RawSpan, _ carrier: TLSCarrier, _ version: UInt16, into texts: inout Texts
  ) -> TextRange {
    let suites = bytes.numbers16(in: hello.cipherSuites).filter { !isGREASE($0) }
    let extensions = hello.extensions.filter { !isGREASE($0) }
    var text: [UInt8] = []
    text.append(letter(of: carrier))
    text.append(contentsOf: name(of: version))
    text.append(UInt8(ascii: hello.hasServerName ? "d" : "i"))
    text.append(count: suites.count)
    text.append(count: extensions.count)
    text.append(contentsOf: protocolLetters(hello, bytes))
    text.append(UInt8(ascii: "_"))
    text.append(digest: suites.isEmpty ? [] : hexadecimal(suites.sorted()))
    text.append(UInt8(ascii: "_"))
    // Server name and protocols are told of above: where a client goes is not what it is.
    var list = hexadecimal(extensions.filter { $0 != 0 && $0 != 16 }.sorted())
    let signatures = bytes.numbers16(in: hello.signatureAlgorithms).filter { !isGREASE($0) }
    if !signatures.isEmpty { list += [UInt8(ascii: "_")] + hexadecimal(signatures) }
    text.append(digest: extensions.isEmpty ? [] : list)
    return texts.add(text)
  }

  private static func letter(of carrier: TLSCarrier) -> UInt8 {
    switch carrier {
    case .tcp: UInt8(ascii: "t")
    case .quic: UInt8(ascii: "q")
    case .dtls: UInt8(ascii: "d")
    }
  }

  private static func name(of version: UInt16) -> [UInt8] {
    switch version {
    case 0x0304: Array("13".utf8)
    case 0x0303: Array("12".utf8)
    case 0x0302: Array("11".utf8)
    case 0x0301: Array("10".utf8)
    case 0x0300: Array("s3".utf8)
    case 0x0002: Array("s2".utf8)
    case 0xfeff: Array("d1".utf8)
    case 0xfefd: Array("d2".utf8)
    case 0xfefc: Array("d3".utf8)
    default: Array("00".utf8)
    }
  }

  /// The first and the last character of the first protocol, or of its hexadecimal digits when one of them is no letter and no digit.
  private static func protocolLetters(_ hello: TLSHello, _ bytes: RawSpan) -> [UInt8] {
    guard let name = bytes.extracting(0..<hello.protocols.upperBound).vector8(at: hello.protocols.lowerBound),
      !hello.protocols.isEmpty, !name.isEmpty
    else { return Array("00".utf8) }
    let (first, last) = (bytes.byte(at: name.lowerBound), bytes.byte(at: name.upperBound &- 1))
    if isAlphanumeric(first), isAlphanumeric(last) { return [first, last] }
    return [hexadecimalDigit(first >> 4), hexadecimalDigit(last & 15)]
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  /// Four digits each, with commas between.
  private static func hexadecimal(_ numbers: [UInt16]) -> [UInt8] {
    var text: [UInt8] = []
    for number in numbers {
      if !text.isEmpty { text.append(UInt8(ascii: ",")) }
      for shift in stride(from: UInt16(12), through: 0, by: -4) {
        text.append(hexadecimalDigit(UInt8(number >> shift & 15)))
      }
    }
    return text
  }
}

extension [UInt8] {
  fileprivate mutating func append(decimal number: UInt16) { append(contentsOf: String(number).utf8) }

  /// Decimal numbers with hyphens between, GREASE left out.
  fileprivate mutating func append(joined numbers: [UInt16]) {
    var isFirst = true
    for number in numbers where !isGREASE(number) {
      if !isFirst { append(UInt8(ascii: "-")) }
      append(decimal: number)
      isFirst = false
    }
  }

  /// Two digits, 99 for more.
  fileprivate mutating func append(count: Int) {
    let shown = UInt8(Swift.min(count, 99))
    append(0x30 &+ shown / 10)
    append(0x30 &+ shown % 10)
  }

  /// The first twelve digits of a text's SHA-256; zeros for an empty text.
  fileprivate mutating func append(digest text: [UInt8]) {
    if text.isEmpty { return append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 12)) }
    for byte in SHA256.hash(data: text).prefix(6) {
      append(hexadecimalDigit(byte >> 4))
      append(hexadecimalDigit(byte & 15))
    }
  }
}
