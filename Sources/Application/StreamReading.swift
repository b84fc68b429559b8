import Bytes

// Bytes in order, to the reader of what the stream carries.

extension Streams {
  /// Gives a reader bytes that follow those it had.
  /// - Parameters:
  ///   - known: how many of them it had already.
  ///   - missing: how many bytes after these the capture cut off.
  mutating func deliver(
    _ payload: RawSpan, from known: Int, missing: Int, _ index: Int, _ way: Int, into output: inout Output
  ) {
    let fresh = payload.extracting(min(known, payload.byteCount)..<payload.byteCount)
    let cut = min(missing, payload.byteCount &+ missing &- known)
    streams[index].sides[way].next &+= UInt32(truncatingIfNeeded: fresh.byteCount &+ cut)
    if fresh.byteCount > 0 { read(fresh, isLast: cut > 0, index, way, into: &output) }
    if cut > 0 { forget(cut, index, way) }
  }

  /// Bytes that never came.
  mutating func lose(_ count: Int, _ index: Int, _ way: Int, into output: inout Output) {
    streams[index].sides[way].next &+= UInt32(truncatingIfNeeded: count)
    losses.gaps &+= UInt64(count)
    readRest(index, way, into: &output)
    forget(count, index, way)
  }

  /// FIN or RST: what a reader waits with is all that it will have.
  mutating func end(_ index: Int, _ way: Int, into output: inout Output) {
    // What waits for bytes before it may still be read: the FIN can have overtaken them.
    guard streams[index].sides[way].held < 0 else { return }
    readRest(index, way, into: &output)
    streams[index].sides[way].isOver = true
  }

  /// The bytes that follow are not those that a reader waits for.
  private mutating func forget(_ count: Int, _ index: Int, _ way: Int) {
    if streams[index].sides[way].pass >= UInt64(count) {
      streams[index].sides[way].pass &-= UInt64(count)
    } else {
      streams[index].sides[way].pass = 0
      streams[index].sides[way].stage = 0
      streams[index].sides[way].isLost = true
    }
  }

  private mutating func readRest(_ index: Int, _ way: Int, into output: inout Output) {
    let place = streams[index].sides[way].buffer
    guard place >= 0 else { return }
    let buffer = buffers.take(place)
    _ = streams[index].read(RawSpan(_elements: buffer.span), isLast: true, way, into: &output)
    buffers.put(buffer, place)
    buffers.giveBack(&streams[index].sides[way].buffer)
  }

  private mutating func read(
    _ bytes: RawSpan, isLast: Bool, _ index: Int, _ way: Int, into output: inout Output
  ) {
    let passed = Int(min(streams[index].sides[way].pass, UInt64(bytes.byteCount)))
    streams[index].sides[way].pass &-= UInt64(passed)
    if passed == bytes.byteCount { return }
    let rest = bytes.extracting(passed..<bytes.byteCount)
    let place = streams[index].sides[way].buffer
    guard place >= 0 else {
      let count = streams[index].read(rest, isLast: isLast, way, into: &output)
      if count < rest.byteCount { keep(rest.extracting(count..<rest.byteCount), index, way) }
      return
    }
    var buffer = buffers.take(place)
    guard buffer.count &+ rest.byteCount <= BufferPool.limit else {
      losses.oversized &+= 1
      buffers.put(buffer, place)
      buffers.giveBack(&streams[index].sides[way].buffer)
      streams[index].sides[way].isLost = true
      return
    }
    buffer.append(rest)
    let count = streams[index].read(RawSpan(_elements: buffer.span), isLast: isLast, way, into: &output)
    if count > 0 { buffer.removeFirst(count) }
    let isEmpty = buffer.isEmpty
    buffers.put(buffer, place)
    if isEmpty { buffers.giveBack(&streams[index].sides[way].buffer) }
  }

  /// Keeps the start of a message until more of it comes.
  private mutating func keep(_ bytes: RawSpan, _ index: Int, _ way: Int) {
    guard bytes.byteCount <= BufferPool.limit, let place = buffers.reserve() else {
      losses.oversized &+= 1
      streams[index].sides[way].isLost = true
      return
    }
    var buffer = buffers.take(place)
    buffer.append(bytes)
    buffers.put(buffer, place)
    streams[index].sides[way].buffer = place
  }
}

extension Stream {
  /// The most steps that a reader takes for one segment.
  private static let stepLimit = 256
  /// Segments of one direction that may pass before the stream is given up as one that nobody reads.
  private static let tryLimit: UInt8 = 6

  /// Reads what it can of bytes in order.
  /// - Returns: how many need not be given again.
  mutating func read(_ bytes: RawSpan, isLast: Bool, _ way: Int, into output: inout Output) -> Int {
    var offset = 0
    for _ in 0..<Self.stepLimit {
      if offset >= bytes.byteCount || sides[way].isOver { return bytes.byteCount }
      let rest = bytes.extracting(offset..<bytes.byteCount)
      let count: UInt64
      switch step(rest, isLast: isLast, way, into: &output) {
      case .read(let read): count = read
      case .more: return isLast ? bytes.byteCount : offset
      case .end:
        sides[way].isOver = true
        return bytes.byteCount
      case .lost:
        sides[way].isLost = true
        return bytes.byteCount
      case .anew(let read):
        count = read
        kind = .unknown
        memory = 0
        headers = nil
        for side in 0..<2 {
          sides[side].tries = 0
          sides[side].stage = 0
          sides[side].isOver = false
        }
      }
      let left = UInt64(bytes.byteCount &- offset)
      if count >= left {
        sides[way].pass = count &- left
        return bytes.byteCount
      }
      offset &+= Int(count)
    }
    // More messages than one segment should hold: the next segment starts anew.
    sides[way].isLost = true
    return bytes.byteCount
  }

  /// One step of the reader.
  private mutating func step(_ bytes: RawSpan, isLast: Bool, _ way: Int, into output: inout Output) -> Step {
    if kind == .unknown {
      switch recognise(bytes, way, isLast: isLast) {
      case .yes: break
      case .more: return .more
      case .no:
        sides[way].tries &+= 1
        return sides[way].tries >= Self.tryLimit ? .end : .lost
      }
    }
    if sides[way].isLost {
      guard resumes(bytes) == .yes else { return .lost }
      sides[way].isLost = false
    }
    switch kind {
    case .unknown: return .end
    case .dns: return DNS.step(bytes, into: &output)
    case .http: return HTTP.step(bytes, isLast: isLast, way, &self, into: &output)
    case .http2: return HTTP2.step(bytes, isLast: isLast, way, &self, into: &output)
    case .ssh: return SSH.step(bytes, isLast: isLast, way, &self, into: &output)
    case .smtp: return SMTP.step(bytes, isLast: isLast, way, &self, into: &output)
    case .ftp: return FTP.step(bytes, isLast: isLast, &self, into: &output)
    case .pop3: return POP3.step(bytes, isLast: isLast, way, &self)
    case .imap: return IMAP.step(bytes, isLast: isLast, way, &self)
    case .socks: return SOCKS.step(bytes, isLast: isLast, way, &self, into: &output)
    case .proxy: return ProxyProtocol.step(bytes)
    case .tls: return TLS.step(bytes, isLast: isLast, way, &self, into: &output)
    }
  }
}
