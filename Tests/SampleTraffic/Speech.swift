/// What conversations say, for traffic that is to be read: HTTP, TLS, DNS and QUIC that fill a payload of a given length.
///
/// A response's body and a TLS record end with their segment, so that each segment starts a message and is read: the worst case.
struct Speech {
  enum Language { case http, tls, dns, quic, none }

  /// Of the conversations that use TCP every third speaks HTTP and every third TLS; of those that use UDP each second DNS and, where there
  /// is QUIC, each fourth that.
  static func language(_ conversation: Int, isTCP: Bool, hasQUIC: Bool) -> Language {
    if isTCP { return [.http, .tls, .none][conversation / 10 % 3] }
    if conversation / 10 % 2 == 0 { return .dns }
    return hasQUIC && conversation / 10 % 4 == 1 ? .quic : .none
  }

  static func port(_ language: Language) -> UInt16? {
    switch language {
    case .http: 80
    case .tls, .quic: 443
    case .dns: 53
    case .none: nil
    }
  }

  /// A payload of `length` bytes; nil when nothing sensible is that short.
  static func payload(_ language: Language, _ conversation: Int, isForward: Bool, isFirst: Bool, length: Int)
    -> [UInt8]?
  {
    switch language {
    case .none: nil
    case .http: isForward ? request(conversation, length) : response(length)
    case .tls: isForward && isFirst ? firstRecord(conversation, length) : record(23, length)
    case .dns: dns(conversation, isForward, length)
    case .quic: isForward && isFirst ? SpokenQUIC.initial(conversation, length) : SpokenQUIC.short(length)
    }
  }

  private static func request(_ conversation: Int, _ length: Int) -> [UInt8]? {
    let start =
      "GET /item/\(conversation) HTTP/1.1\r\nHost: host\(conversation).example\r\nUser-Agent: sample/1\r\nX-Filler: "
    let rest = length - start.utf8.count - 4
    return rest < 0
      ? nil : Array(start.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: rest) + Array("\r\n\r\n".utf8)
  }

  private static func response(_ length: Int) -> [UInt8]? {
    var body = length - 60
    while body > 0 {
      let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(body)\r\n\r\n"
      if head.utf8.count + body == length {
        return Array(head.utf8) + [UInt8](repeating: UInt8(ascii: "."), count: body)
      }
      body -= head.utf8.count + body > length ? 1 : -1
    }
    return nil
  }

  private static func record(_ type: UInt8, _ length: Int) -> [UInt8]? {
    guard length > 5 else { return nil }
    return [type, 3, 3] + two(length - 5) + [UInt8](repeating: 0xa5, count: length - 5)
  }

  /// A ClientHello with a server name and padding (RFC 7685), of `length` bytes.
  static func clientHello(_ conversation: Int, _ length: Int) -> [UInt8]? {
    let name = Array("host\(conversation).example".utf8)
    let serverName = two(0) + two(name.count + 5) + two(name.count + 3) + [0] + two(name.count) + name
    let suites: [UInt8] = [0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f]
    let start = [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + two(suites.count) + suites + [1, 0]
    // Handshake, the lengths of the extensions and of the padding.
    let padding = length - 4 - start.count - 2 - serverName.count - 4
    guard padding >= 0 else { return nil }
    let extensions = serverName + two(21) + two(padding) + [UInt8](repeating: 0, count: padding)
    let hello = start + two(extensions.count) + extensions
    return [1, 0] + two(hello.count) + hello
  }

  /// The hello in a record of its own.
  private static func firstRecord(_ conversation: Int, _ length: Int) -> [UInt8]? {
    clientHello(conversation, length - 5).map { [22, 3, 1] + two($0.count) + $0 }
  }

  private static func dns(_ conversation: Int, _ isForward: Bool, _ length: Int) -> [UInt8]? {
    let label = Array("host\(conversation)".utf8)
    let name = [UInt8(label.count)] + label + [7] + Array("example".utf8) + [0]
    var message =
      two(conversation) + (isForward ? [1, 0] : [0x81, 0x80]) + two(1) + two(0) + two(0) + two(0) + name + [0, 1, 0, 1]
    guard message.count <= length else { return nil }
    var answers = 0
    while !isForward, message.count + 16 <= length {
      message += [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 198, 51, 100, UInt8(answers % 256)]
      answers += 1
    }
    message[7] = UInt8(answers % 256)
    message[6] = UInt8(answers / 256)
    return message + [UInt8](repeating: 0, count: length - message.count)
  }

  static func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 0xff), UInt8(number & 0xff)] }
}
