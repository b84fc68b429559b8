import Bytes
package import Events

/// A request of SOCKS 4, 4a or 5: whereto the proxy shall go (RFC 1928 §4).
package struct SOCKSRequest: Sendable, BitwiseCopyable {
  /// 4 or 5.
  package var version: UInt8
  /// 1 connect, 2 bind, 3 UDP associate.
  package var command: UInt8
  /// The host when it is asked for by name; empty otherwise.
  package var host: TextRange
  /// The address when it is asked for by number.
  package var address: Address?
  package var port: UInt16
}

/// A proxy's answer.
package struct SOCKSReply: Sendable, BitwiseCopyable {
  package var version: UInt8
  /// Version 5: 0 for success (RFC 1928 §6); version 4: 90 for success.
  package var status: UInt8
}

/// SOCKS: greeting, authentication (RFC 1929), request and answer; another protocol follows.
///
/// A direction's stage says whose it is, and what the stream's memory says stands below.
enum SOCKS {
  private enum Stage: UInt8 {
    case unknown, client, server
    /// The server's, after it has chosen how the client says who it is.
    case chosen
  }
  private static let wantsPassword: UInt64 = 1
  private static let isAuthenticating: UInt64 = 2
  private static let isAsked: UInt64 = 4
  private static let isFour: UInt64 = 8

  /// A client's first message must have exactly the bytes that it says.
  static func begins(_ bytes: RawSpan) -> Beginning {
    guard bytes.byteCount >= 2 else { return .no }
    switch bytes.byte(at: 0) {
    case 5:
      let methods = bytes.vector8(at: 1) ?? 0..<0
      // Those that are assigned (0 to 9) and those for private use, each once.
      let areMethods = methods.allSatisfy { place in
        let method = bytes.byte(at: place)
        return (method <= 9 || method >= 0x80 && method != 0xff)
          && (methods.lowerBound..<place).allSatisfy { bytes.byte(at: $0) != method }
      }
      return !methods.isEmpty && methods.upperBound == bytes.byteCount && areMethods ? .yes : .no
    case 4: return requestFour(bytes) != nil ? .yes : .no
    default: return .no
    }
  }

  static func step(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    switch Stage(rawValue: stream.sides[way].stage) ?? .unknown {
    case .unknown: break
    case .client: return readClient(bytes, way, &stream, into: &output)
    case .server, .chosen: return readServer(bytes, way, &stream, into: &output)
    }
    guard begins(bytes) == .yes else { return end(way, &stream) }
    stream.sides[way].stage = Stage.client.rawValue
    stream.sides[1 - way].stage = Stage.server.rawValue
    if let request = requestFour(bytes) { return ask(bytes, request, 4, way, &stream, into: &output) }
    return .read(UInt64(bytes.byteCount))
  }

  private static func end(_ way: Int, _ stream: inout Stream) -> Step {
    stream.sides[1 - way].isOver = true
    return .end
  }

  // MARK: The client

  private static func readClient(
    _ bytes: RawSpan, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    // What comes before the proxy's answer is the next protocol's; it waits.
    if stream.memory & isAsked != 0 { return .more }
    if stream.memory & wantsPassword != 0, bytes.byte(at: 0) == 1 {
      // Name and password (RFC 1929 §2), of which nothing is told.
      guard let name = bytes.vector8(at: 1), let password = bytes.vector8(at: name.upperBound) else { return .more }
      stream.memory = isAuthenticating
      return .read(UInt64(password.upperBound))
    }
    guard bytes.byteCount >= 5 else { return .more }
    guard bytes.byte(at: 0) == 5, (1...3).contains(bytes.byte(at: 1)), bytes.byte(at: 2) == 0 else {
      return end(way, &stream)
    }
    switch requestFive(bytes) {
    case .request(let request): return ask(bytes, request, 5, way, &stream, into: &output)
    case .more: return .more
    case .none: return end(way, &stream)
    }
  }

  private struct Request {
    var host = 0..<0
    var address: Address?
    var port: UInt16
    var count: Int
  }

  private static func ask(
    _ bytes: RawSpan, _ request: Request, _ version: UInt8, _ way: Int, _ stream: inout Stream,
    into output: inout Output
  ) -> Step {
    output.messages.append(
      .socksRequest(
        SOCKSRequest(
          version: version, command: bytes.byte(at: 1), host: output.texts.add(bytes, request.host),
          address: request.address, port: request.port)))
    stream.memory = version == 4 ? isAsked | isFour : isAsked
    return .read(UInt64(request.count))
  }

  private enum Five { case request(Request), more, none }

  private static func requestFive(_ bytes: RawSpan) -> Five {
    switch bytes.byte(at: 3) {
    case 1:
      guard bytes.byteCount >= 10 else { return .more }
      let address = Address(v4: bytes.bigEndian(UInt32.self, at: 4))
      return .request(Request(address: address, port: bytes.bigEndian(UInt16.self, at: 8), count: 10))
    case 3:
      guard let host = bytes.vector8(at: 4), host.upperBound &+ 2 <= bytes.byteCount else { return .more }
      return .request(
        Request(host: host, port: bytes.bigEndian(UInt16.self, at: host.upperBound), count: host.upperBound &+ 2))
    case 4:
      guard bytes.byteCount >= 22 else { return .more }
      let address = Address(
        v6High: bytes.bigEndian(UInt64.self, at: 4), low: bytes.bigEndian(UInt64.self, at: 12))
      return .request(Request(address: address, port: bytes.bigEndian(UInt16.self, at: 20), count: 22))
    default: return .none
    }
  }

  /// Version 4: 4, command, port 2, address 4, user, NUL; 4a: the address is 0.0.0.x, and a host and NUL follow.
  private static func requestFour(_ bytes: RawSpan) -> Request? {
    guard bytes.byteCount >= 9, bytes.byteCount <= 600, bytes.byte(at: 0) == 4, (1...2).contains(bytes.byte(at: 1))
    else {
      return nil
    }
    let port = bytes.bigEndian(UInt16.self, at: 2)
    let address = bytes.bigEndian(UInt32.self, at: 4)
    guard port != 0, address != 0, let user = text(bytes, from: 8) else { return nil }
    guard address < 256 else {
      guard user.upperBound &+ 1 == bytes.byteCount else { return nil }
      return Request(address: Address(v4: address), port: port, count: bytes.byteCount)
    }
    guard let host = text(bytes, from: user.upperBound &+ 1), !host.isEmpty, host.upperBound &+ 1 == bytes.byteCount
    else { return nil }
    return Request(host: host, port: port, count: bytes.byteCount)
  }

  /// Printable bytes up to a NUL.
  private static func text(_ bytes: RawSpan, from start: Int) -> Range<Int>? {
    guard let end = bytes.first(0, in: start..<bytes.byteCount),
      (start..<end).allSatisfy({ bytes.byte(at: $0) > 0x20 && bytes.byte(at: $0) != 0x7f })
    else { return nil }
    return start..<end
  }

  // MARK: The server

  private static func readServer(
    _ bytes: RawSpan, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    if stream.memory & isFour != 0 {
      guard bytes.byteCount >= 8 else { return .more }
      guard bytes.byte(at: 0) == 0, (90...93).contains(bytes.byte(at: 1)) else { return end(way, &stream) }
      output.messages.append(.socksReply(SOCKSReply(version: 4, status: bytes.byte(at: 1))))
      return bytes.byte(at: 1) == 90 ? .anew(8) : end(way, &stream)
    }
    guard bytes.byteCount >= 2 else { return .more }
    if stream.memory & isAuthenticating != 0 {
      stream.memory = 0
      return bytes.byte(at: 0) == 1 && bytes.byte(at: 1) == 0 ? .read(2) : end(way, &stream)
    }
    guard bytes.byte(at: 0) == 5 else { return end(way, &stream) }
    if stream.sides[way].stage == Stage.server.rawValue {
      // What another method says is not known (RFC 1928 §3).
      guard [0, 2].contains(bytes.byte(at: 1)) else { return end(way, &stream) }
      stream.sides[way].stage = Stage.chosen.rawValue
      if bytes.byte(at: 1) == 2, stream.memory == 0 { stream.memory = wantsPassword }
      return .read(2)
    }
    guard bytes.byteCount >= 5 else { return .more }
    guard case .request(let bound) = requestFive(bytes) else {
      return bytes.byteCount < 262 ? .more : end(way, &stream)
    }
    output.messages.append(.socksReply(SOCKSReply(version: 5, status: bytes.byte(at: 1))))
    return bytes.byte(at: 1) == 0 ? .anew(UInt64(bound.count)) : end(way, &stream)
  }
}
