import Bytes

/// An HTTP/1 request (RFC 9112 §3).
package struct HTTPRequest: Sendable, BitwiseCopyable {
  package var method: TextRange
  /// As it stands in the request line.
  package var target: TextRange
  /// The first `Host` field; empty when there is none.
  package var host: TextRange
  package var userAgent: TextRange
  /// `HTTP/1.1` and the like.
  package var version: TextRange
  /// `Content-Length`; nil when there is none, or it is not a number.
  package var contentLength: UInt64?
}

/// An HTTP/1 response (RFC 9112 §4).
package struct HTTPResponse: Sendable, BitwiseCopyable {
  package var status: UInt16
  package var version: TextRange
  package var server: TextRange
  package var contentType: TextRange
  package var contentLength: UInt64?
}

/// HTTP/1: heads are read, bodies are passed over by the lengths that the heads give (RFC 9112 §6.3).
///
/// A stream's memory is the queue of the requests that wait for their response, two bits each above a marking bit: a response to HEAD has no body,
/// and after a CONNECT that succeeded the stream is somebody else's.
enum HTTP {
  /// Where a direction is, as `Side.stage`.
  private enum Stage: UInt8 { case head, chunk, trailer }

  /// The registered methods (IANA, "HTTP Method Registry"), those of UPnP, and RTSP's and SIP's not.
  private static let methods: [StaticString] = [
    "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "CONNECT ", "OPTIONS ", "TRACE ", "PATCH ", "PROPFIND ", "PROPPATCH ",
    "MKCOL ", "COPY ", "MOVE ", "LOCK ", "UNLOCK ", "REPORT ", "SEARCH ", "MKCALENDAR ", "ACL ", "BIND ", "CHECKIN ",
    "CHECKOUT ", "LABEL ", "MERGE ", "MKACTIVITY ", "MKWORKSPACE ", "ORDERPATCH ", "REBIND ", "UNBIND ", "UNCHECKOUT ",
    "UNLINK ", "LINK ", "UPDATE ", "VERSION-CONTROL ", "BASELINE-CONTROL ", "M-SEARCH ", "NOTIFY ", "SUBSCRIBE ",
    "UNSUBSCRIBE ", "PURGE ", "BPROPFIND ", "BPROPPATCH ", "BCOPY ", "BDELETE ", "BMOVE ", "POLL ",
    "RPC_IN_DATA ", "RPC_OUT_DATA ", "CCM_POST ", "SOURCE ", "UNINSTALL ",
  ]

  static func begins(_ bytes: RawSpan) -> Beginning {
    // Every method and the version start with a capital: of what is not HTTP this is nearly all that is asked.
    guard (0x41...0x5a).contains(bytes.byte(at: 0)) else { return .no }
    var isOpen = false
    switch begins(bytes, with: "HTTP/") {
    case .yes: return .yes
    case .more: isOpen = true
    case .no: break
    }
    for method in methods {
      switch begins(bytes, with: method) {
      case .yes: return requestLine(bytes, from: method.utf8CodeUnitCount)
      case .more: isOpen = true
      case .no: break
      }
    }
    return isOpen ? .more : .no
  }

  private static func begins(_ bytes: RawSpan, with text: StaticString) -> Beginning {
    let common = bytes.common(with: text)
    if common == text.utf8CodeUnitCount { return .yes }
    return common == bytes.byteCount ? .more : .no
  }

  /// A request line that is whole ends in a version: so SIP's, RTSP's and a diary that begins with "GET " are told apart. Programs that
  /// make their requests by hand leave it out at times: then a `Host` field behind an absolute path says as much.
  private static func requestLine(_ bytes: RawSpan, from start: Int) -> Beginning {
    guard let end = bytes.first(UInt8(ascii: "\n"), in: start..<min(bytes.byteCount, 1 << 13)) else {
      return bytes.byteCount < 1 << 13 ? .yes : .no
    }
    let stop = end > 0 && bytes.byte(at: end &- 1) == UInt8(ascii: "\r") ? end &- 1 : end
    if HTTPHead.version(bytes, start..<stop) != nil { return .yes }
    guard stop > start, bytes.byte(at: start) == UInt8(ascii: "/"),
      bytes.first(UInt8(ascii: " "), in: start..<stop) == nil
    else { return .no }
    let rest = bytes.extracting(end &+ 1..<bytes.byteCount)
    if rest.byteCount < 5 { return .more }
    return rest.hasText("host:", at: 0) ? .yes : .no
  }

  static func step(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    switch Stage(rawValue: stream.sides[way].stage) ?? .head {
    case .head: return readHead(bytes, isLast: isLast, way, &stream, into: &output)
    case .chunk: return readChunk(bytes, &stream.sides[way])
    case .trailer: return readTrailer(bytes, &stream.sides[way])
    }
  }

  // MARK: Heads

  private static func readHead(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    // Empty lines before a request are allowed (RFC 9112 §2.2).
    if bytes.byte(at: 0) == UInt8(ascii: "\r") || bytes.byte(at: 0) == UInt8(ascii: "\n") { return .read(1) }
    switch begins(bytes) {
    case .yes: break
    case .more: return .more
    case .no: return .lost
    }
    guard let head = readHead(bytes, isLast: isLast, into: &output) else { return .more }
    // Without its end nobody knows where the body starts.
    guard head.isWhole else { return .lost }
    switch head.kind {
    case .request(let isHEAD, let isCONNECT):
      stream.queue(isHEAD ? .head : isCONNECT ? .connect : .other)
      return passBody(head, &stream.sides[way], untilClose: false)
    case .response(let status):
      if status / 100 == 1 && status != 101 { return .read(UInt64(head.count)) }
      let request = stream.dequeue()
      if status == 101 || request == .connect && status / 100 == 2 { return .anew(UInt64(head.count)) }
      if request == .head || status == 204 || status == 304 { return .read(UInt64(head.count)) }
      return passBody(head, &stream.sides[way], untilClose: true)
    }
  }

  private static func passBody(_ head: HTTPHead, _ side: inout Side, untilClose: Bool) -> Step {
    if head.isChunked {
      side.stage = Stage.chunk.rawValue
      return .read(UInt64(head.count))
    }
    guard let length = head.contentLength else { return untilClose ? .end : .read(UInt64(head.count)) }
    let (total, isTooLong) = length.addingReportingOverflow(UInt64(head.count))
    return isTooLong ? .end : .read(total)
  }

  /// Reads a request's or a response's head, and tells of it.
  /// - Returns: nil when it is not whole and more may come.
  static func readHead(_ bytes: RawSpan, isLast: Bool, into output: inout Output) -> HTTPHead? {
    var head = HTTPHead()
    guard head.findEnd(bytes) || isLast else { return nil }
    head.read(bytes, into: &output)
    return head
  }

  // MARK: Chunks (RFC 9112 §7.1)

  private static func readChunk(_ bytes: RawSpan, _ side: inout Side) -> Step {
    guard let end = bytes.first(UInt8(ascii: "\n"), in: 0..<min(bytes.byteCount, 1 << 12)) else {
      return bytes.byteCount < 1 << 12 ? .more : .lost
    }
    var size: UInt64 = 0
    var digits = 0
    while digits < end, size < 1 << 56, let digit = hexadecimal(bytes.byte(at: digits)) {
      size = size << 4 | digit
      digits &+= 1
    }
    guard digits > 0, size < 1 << 56 else {
      side.stage = Stage.head.rawValue
      return .lost
    }
    guard size > 0 else {
      side.stage = Stage.trailer.rawValue
      return .read(UInt64(end &+ 1))
    }
    // The chunk and the line break after it.
    return .read(UInt64(end &+ 1) &+ size &+ 2)
  }

  private static func readTrailer(_ bytes: RawSpan, _ side: inout Side) -> Step {
    guard let end = bytes.first(UInt8(ascii: "\n"), in: 0..<min(bytes.byteCount, 1 << 12)) else {
      return bytes.byteCount < 1 << 12 ? .more : .lost
    }
    if end == 0 || end == 1 && bytes.byte(at: 0) == UInt8(ascii: "\r") { side.stage = Stage.head.rawValue }
    return .read(UInt64(end &+ 1))
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte &- 0x30)
    case 0x41...0x46: UInt64(byte &- 0x37)
    case 0x61...0x66: UInt64(byte &- 0x57)
    default: nil
    }
  }
}

// The requests that wait for their response.
extension Stream {
  enum PendingRequest: UInt64 { case other = 0, head, connect }

  /// Notes a request behind those that wait; with more than 31 the oldest is forgotten.
  fileprivate mutating func queue(_ request: PendingRequest) {
    let count = pending
    if count == 31 { _ = dequeue() }
    let place = UInt64(min(count, 30)) &* 2
    // The marking bit moves up, and the request stands where it was.
    memory = memory & ((1 << place) &- 1) | request.rawValue << place | 1 << (place &+ 2)
  }

  fileprivate mutating func dequeue() -> PendingRequest {
    guard pending > 0 else { return .other }
    let request = PendingRequest(rawValue: memory & 3) ?? .other
    memory >>= 2
    return request
  }

  /// How many wait: where the marking bit stands; without one, none.
  private var pending: Int { memory == 0 ? 0 : (63 &- memory.leadingZeroBitCount) / 2 }
}
