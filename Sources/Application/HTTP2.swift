import Bytes

/// HTTP/2 (RFC 9113): the header blocks of requests and responses, which are told as HTTP/1's are, with the version `HTTP/2`.
///
///     frame:  length 3  type 1  flags 1  stream 4  payload      RFC 9113 §4.1
///
/// Where bytes are missing a direction ends: what follows cannot be decoded without what came before.
enum HTTP2 {
  private enum Kind { static let headers: UInt8 = 1, settings: UInt8 = 4, promise: UInt8 = 5, continuation: UInt8 = 9 }
  private enum Flag { static let endHeaders: UInt8 = 4, padded: UInt8 = 8, priority: UInt8 = 0x20 }
  private static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
  private static let frameHeader = 9
  /// A direction's first bytes are read, as `Side.stage`.
  private static let isBegun: UInt8 = 1

  /// The client's preface, or the settings with which a server begins (RFC 9113 §3.4).
  static func begins(_ bytes: RawSpan) -> Beginning {
    let common = bytes.common(with: preface)
    if common == preface.utf8CodeUnitCount { return .yes }
    if common == bytes.byteCount { return .more }
    guard bytes.byteCount >= frameHeader, bytes.byte(at: 3) == Kind.settings, bytes.byte(at: 4) == 0,
      bytes.bigEndian(UInt32.self, at: 5) == 0
    else { return .no }
    let count = length(bytes, at: 0)
    guard count % 6 == 0, count <= 6 * 16, bytes.byteCount >= frameHeader &+ count else { return .no }
    // RFC 9113 §6.5.2, RFC 8441, RFC 9218; and those that nobody knows.
    let areKnown = stride(from: frameHeader, to: frameHeader &+ count, by: 6).allSatisfy {
      let identifier = bytes.bigEndian(UInt16.self, at: $0)
      return (1...9).contains(identifier) || isGREASE(identifier)
    }
    return areKnown ? .yes : .no
  }

  private static func length(_ bytes: RawSpan, at offset: Int) -> Int {
    Int(bytes.bigEndian(UInt32.self, at: offset) >> 8)
  }

  static func step(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    if stream.sides[way].stage != isBegun {
      switch begins(bytes) {
      case .yes: break
      case .more: return .more
      case .no: return .end
      }
      stream.sides[way].stage = isBegun
      if bytes.byte(at: 0) == UInt8(ascii: "P") { return .read(UInt64(preface.utf8CodeUnitCount)) }
    }
    guard bytes.byteCount >= frameHeader else { return .more }
    let end = frameHeader &+ length(bytes, at: 0)
    switch bytes.byte(at: 3) {
    case Kind.headers, Kind.promise:
      // A frame of the least size that everybody must take, and four that continue it, fit in the buffer.
      guard end <= BufferPool.limit else { return .end }
      return readHeaders(bytes, way, &stream, into: &output)
    // The types that are registered, the extensions' too (RFC 7838, RFC 8336, RFC 9218).
    case 0...0x10: return .read(UInt64(end))
    default: return end < 1 << 14 ? .read(UInt64(end)) : .end
    }
  }

  /// Reads a header block: that of a frame, and of the frames that continue it.
  private static func readHeaders(
    _ bytes: RawSpan, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    guard bytes.byteCount >= frameHeader &+ length(bytes, at: 0) else { return .more }
    guard let first = block(bytes) else { return .end }
    if bytes.byte(at: 4) & Flag.endHeaders != 0 {
      return read(bytes.extracting(first), bytes, first.upperBound, way, &stream, into: &output)
    }
    var whole = bytes.copy(first)
    var offset = frameHeader &+ length(bytes, at: 0)
    while offset &+ frameHeader <= bytes.byteCount {
      let end = offset &+ frameHeader &+ length(bytes, at: offset)
      guard bytes.byte(at: offset &+ 3) == Kind.continuation, end <= BufferPool.limit else { return .end }
      guard end <= bytes.byteCount else { return .more }
      whole.append(bytes.extracting(offset &+ frameHeader..<end))
      if bytes.byte(at: offset &+ 4) & Flag.endHeaders != 0 {
        return read(RawSpan(_elements: whole.span), bytes, end, way, &stream, into: &output)
      }
      offset = end
    }
    return .more
  }

  /// Where the block stands in a HEADERS or PUSH_PROMISE frame (RFC 9113 §6.2, §6.6).
  private static func block(_ bytes: RawSpan) -> Range<Int>? {
    let flags = bytes.byte(at: 4)
    var start = frameHeader
    var end = frameHeader &+ length(bytes, at: 0)
    if flags & Flag.padded != 0 {
      guard start < end else { return nil }
      end &-= Int(bytes.byte(at: start))
      start &+= 1
    }
    if bytes.byte(at: 3) == Kind.promise { start &+= 4 } else if flags & Flag.priority != 0 { start &+= 5 }
    return start <= end ? start..<end : nil
  }

  private static func read(
    _ block: RawSpan, _ bytes: RawSpan, _ end: Int, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    var tables = stream.headers ?? [HPACK(), HPACK()]
    stream.headers = nil
    var message = HTTP2Message()
    let isRead = tables[way].read(block) { message.add($0, &output.texts) }
    stream.headers = tables
    message.tell(into: &output)
    // A padded frame is longer than its block.
    let count = max(end, frameHeader &+ length(bytes, at: 0))
    return isRead ? .read(UInt64(count)) : .end
  }
}

/// The fields of a header block that are told.
private struct HTTP2Message {
  private var request = HTTPRequest(
    method: .empty, target: .empty, host: .empty, userAgent: .empty, version: .empty, contentLength: nil)
  private var response = HTTPResponse(
    status: 0, version: .empty, server: .empty, contentType: .empty, contentLength: nil)

  mutating func add(_ field: HPACK.Field, _ texts: inout Texts) {
    switch String(decoding: field.name, as: UTF8.self) {
    case ":method": request.method = texts.add(field.value)
    case ":path": request.target = texts.add(field.value)
    case ":authority": request.host = texts.add(field.value)
    case "host": if request.host.isEmpty { request.host = texts.add(field.value) }
    case "user-agent": request.userAgent = texts.add(field.value)
    case ":status": response.status = UInt16(String(decoding: field.value, as: UTF8.self)) ?? 0
    case "server": response.server = texts.add(field.value)
    case "content-type": response.contentType = texts.add(field.value)
    case "content-length":
      request.contentLength = UInt64(String(decoding: field.value, as: UTF8.self))
      response.contentLength = request.contentLength
    default: break
    }
  }

  /// Trailers are neither (RFC 9113 §8.1).
  mutating func tell(into output: inout Output) {
    if !request.method.isEmpty {
      request.version = output.texts.add("HTTP/2".utf8)
      output.messages.append(.httpRequest(request))
    } else if response.status != 0 {
      response.version = output.texts.add("HTTP/2".utf8)
      output.messages.append(.httpResponse(response))
    }
  }
}
