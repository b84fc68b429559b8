import Bytes

/// The head of an HTTP/1 message: its first line and its fields, as far as they are read.
struct HTTPHead {
  enum Kind { case request(isHEAD: Bool, isCONNECT: Bool), response(status: UInt16) }

  private(set) var kind = Kind.response(status: 0)
  /// Its bytes, the empty line included; of a head that is not whole those that there are.
  private(set) var count = 0
  private(set) var isWhole = false
  private(set) var isChunked = false
  private(set) var contentLength: UInt64?

  /// Finds the empty line after the fields. A line may end in LF alone (RFC 9112 §2.2).
  mutating func findEnd(_ bytes: RawSpan) -> Bool {
    var place = 0
    while let end = bytes.first(UInt8(ascii: "\n"), in: place..<bytes.byteCount) {
      place = end &+ 1
      if place < bytes.byteCount, bytes.byte(at: place) == UInt8(ascii: "\n") {
        count = place &+ 1
        isWhole = true
        return true
      }
      if place &+ 1 < bytes.byteCount, bytes.byte(at: place) == UInt8(ascii: "\r"),
        bytes.byte(at: place &+ 1) == UInt8(ascii: "\n")
      {
        count = place &+ 2
        isWhole = true
        return true
      }
    }
    count = bytes.byteCount
    return false
  }

  /// Reads the head and appends what it says.
  mutating func read(_ bytes: RawSpan, into output: inout Output) {
    let first = line(bytes, from: 0)
    if bytes.common(with: "HTTP/") == 5 {
      readResponse(bytes, first, into: &output)
    } else {
      readRequest(bytes, first, into: &output)
    }
  }

  /// Where a request line names the version: `HTTP/1.1` at its end, or what somebody wrote by hand, such as `HTTP/1.`.
  static func version(_ bytes: RawSpan, _ line: Range<Int>) -> Range<Int>? {
    func stands(_ length: Int) -> Bool { line.count >= length && bytes.hasText("HTTP/", at: line.upperBound &- length) }
    if stands(8) { return line.upperBound &- 8..<line.upperBound }
    for length in 5...12 where stands(length) { return line.upperBound &- length..<line.upperBound }
    return nil
  }

  private mutating func readRequest(_ bytes: RawSpan, _ first: Range<Int>, into output: inout Output) {
    let method = word(bytes, first)
    var rest = method.upperBound..<first.upperBound
    rest = trimmed(bytes, rest)
    var target = rest
    var version = rest.upperBound..<rest.upperBound
    // The version is the last word; a target with blanks in it is wrong, and shown whole.
    if let said = Self.version(bytes, rest) {
      version = said
      target = trimmed(bytes, rest.lowerBound..<version.lowerBound)
    }
    var request = HTTPRequest(
      method: output.texts.add(bytes, method), target: output.texts.add(bytes, target), host: .empty,
      userAgent: .empty, version: output.texts.add(bytes, version), contentLength: nil)
    var place = next(bytes, first)
    while let (name, value) = field(bytes, &place) {
      if request.host.isEmpty, bytes.isField("host", name) { request.host = output.texts.add(bytes, value) }
      if request.userAgent.isEmpty, bytes.isField("user-agent", name) {
        request.userAgent = output.texts.add(bytes, value)
      }
    }
    request.contentLength = contentLength
    output.messages.append(.httpRequest(request))
    kind = .request(isHEAD: bytes.common(with: "HEAD ") == 5, isCONNECT: bytes.common(with: "CONNECT ") == 8)
  }

  private mutating func readResponse(_ bytes: RawSpan, _ first: Range<Int>, into output: inout Output) {
    let version = word(bytes, first)
    let code = word(bytes, trimmed(bytes, version.upperBound..<first.upperBound))
    let status = UInt16(clamping: bytes.number(in: code) ?? 0)
    var response = HTTPResponse(
      status: status, version: output.texts.add(bytes, version), server: .empty, contentType: .empty,
      contentLength: nil)
    var place = next(bytes, first)
    while let (name, value) = field(bytes, &place) {
      if response.server.isEmpty, bytes.isField("server", name) { response.server = output.texts.add(bytes, value) }
      if response.contentType.isEmpty, bytes.isField("content-type", name) {
        response.contentType = output.texts.add(bytes, value)
      }
    }
    response.contentLength = contentLength
    output.messages.append(.httpResponse(response))
    kind = .response(status: status)
  }

  /// The name and the value of the next field, from `place` on; keeps what says how long the body is.
  private mutating func field(_ bytes: RawSpan, _ place: inout Int) -> (name: Range<Int>, value: Range<Int>)? {
    while place < count {
      let line = line(bytes, from: place)
      place = next(bytes, line)
      guard let colon = bytes.first(UInt8(ascii: ":"), in: line) else { continue }
      let name = line.lowerBound..<colon
      let value = trimmed(bytes, colon &+ 1..<line.upperBound)
      if bytes.isField("content-length", name), contentLength == nil { contentLength = bytes.number(in: value) }
      // It should stand last of several (RFC 9112 §6.1); where it does not, the body is in chunks all the same.
      if bytes.isField("transfer-encoding", name), value.count >= 7,
        bytes.hasText("chunked", at: value.upperBound &- 7) || bytes.hasText("chunked", at: value.lowerBound)
      {
        isChunked = true
      }
      return (name, value)
    }
    return nil
  }

  /// A line without its end.
  private func line(_ bytes: RawSpan, from start: Int) -> Range<Int> {
    var end = bytes.first(UInt8(ascii: "\n"), in: start..<count) ?? count
    if end > start, bytes.byte(at: end &- 1) == UInt8(ascii: "\r") { end &-= 1 }
    return start..<end
  }

  /// Where the line after a line starts.
  private func next(_ bytes: RawSpan, _ line: Range<Int>) -> Int {
    (bytes.first(UInt8(ascii: "\n"), in: line.upperBound..<count) ?? count) &+ 1
  }

  private func word(_ bytes: RawSpan, _ range: Range<Int>) -> Range<Int> {
    range.lowerBound..<(bytes.first(UInt8(ascii: " "), in: range) ?? range.upperBound)
  }

  private func trimmed(_ bytes: RawSpan, _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isBlank(bytes.byte(at: start)) { start &+= 1 }
    while end > start, isBlank(bytes.byte(at: end &- 1)) { end &-= 1 }
    return start..<end
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension RawSpan {
  /// Whether a field's name is `name`, in any case.
  func isField(_ name: StaticString, _ range: Range<Int>) -> Bool {
    range.count == name.utf8CodeUnitCount && hasText(name, at: range.lowerBound)
  }
}

extension Texts {
  /// Adds bytes as they are.
  mutating func add(_ bytes: RawSpan, _ range: Range<Int>) -> TextRange {
    let mark = mark
    for place in range { append(bytes.byte(at: place)) }
    return self.range(from: mark)
  }
}
