import Bytes

/// An Initial packet of QUIC (RFC 9000 §17.2.2) that could be decrypted.
package struct QUICInitial: Sendable, BitwiseCopyable {
  /// 1, 0x6b3343cf for version 2, 0xff000000 and the number for drafts.
  package var version: UInt32
  package var isFromClient: Bool
  /// The connection IDs, as hexadecimal digits.
  package var destinationID: TextRange
  package var sourceID: TextRange
}

/// The beginning of a QUIC connection: Initial packets and the TLS handshake in them.
struct QUICHandshake: Sendable {
  /// The most packets that are decrypted of one handshake.
  static let packetLimit: UInt8 = 64
  /// The most packets of one datagram that are looked at, and frames of one packet.
  static let coalescedLimit = 8
  static let frameLimit = 256

  /// The client's first destination ID, from which the keys of every version come.
  private let firstID: [UInt8]
  private var version: UInt32
  private var secrets: QUICSecrets
  private let isClientForward: Bool
  private var client = HandshakeStream()
  private var server = HandshakeStream()
  private var packets: UInt8 = 0
  private(set) var isOver = false

  /// Whether a datagram may have a packet of a handshake: nearly all have not.
  static func begins(_ bytes: RawSpan) -> Bool {
    bytes.byteCount >= 7 && bytes.byte(at: 0) & 0xc0 == 0xc0
      && QUICVersion(bytes.bigEndian(UInt32.self, at: 1)) != nil
  }

  /// A handshake whose first packet this is; nil when a client cannot begin so (RFC 9000 §7.2).
  private init?(_ packet: QUICPacket, _ bytes: RawSpan, isForward: Bool, sealedAs sealing: QUICVersion) {
    guard packet.kind == .initial, packet.destinationID.count >= 8 else { return nil }
    firstID = bytes.copy(packet.destinationID)
    version = packet.number
    secrets = QUICSecrets(sealing, destinationID: firstID)
    isClientForward = isForward
  }

  /// Reads a datagram's packets.
  /// - Parameter known: the flow's handshake so far; a new one when this is its first packet.
  static func read(_ bytes: RawSpan, isForward: Bool, _ known: inout QUICHandshake?, into output: inout Output) {
    var offset = 0
    for _ in 0..<coalescedLimit {
      let rest = bytes.extracting(offset..<bytes.byteCount)
      guard let packet = QUICPacket(rest), packet.count > 0, known?.isOver != true else { return }
      if packet.kind == .initial { readInitial(packet, rest, isForward: isForward, &known, into: &output) }
      offset &+= packet.count
      if offset >= bytes.byteCount { return }
    }
  }

  private static func readInitial(
    _ packet: QUICPacket, _ bytes: RawSpan, isForward: Bool, _ known: inout QUICHandshake?, into output: inout Output
  ) {
    if let frames = known?.open(packet, bytes, isForward: isForward) {
      known?.read(frames, packet, bytes, isForward: isForward, into: &output)
      return
    }
    // A first packet; or the first after a Retry, whose keys come from the ID that the server asked for (RFC 9001 §5.2).
    let sealings: [QUICVersion] = QUICVersion.isReserved(packet.number) ? [.draft29, .one] : [packet.version]
    for sealing in sealings {
      guard var fresh = QUICHandshake(packet, bytes, isForward: isForward, sealedAs: sealing) else { return }
      fresh.packets = known?.packets ?? 0
      if let frames = fresh.open(packet, bytes, isForward: isForward) {
        fresh.read(frames, packet, bytes, isForward: isForward, into: &output)
        known = fresh
        return
      }
      known = known ?? fresh
    }
  }

  private mutating func open(_ packet: QUICPacket, _ bytes: RawSpan, isForward: Bool) -> [UInt8]? {
    packets &+= 1
    if packets >= Self.packetLimit { isOver = true }
    if packet.number != version {
      // The server may choose another version than the client began with (RFC 9368 §2.3).
      var others = QUICSecrets(packet.version, destinationID: firstID)
      guard let frames = others.keys(ofClient: isForward == isClientForward).open(packet, bytes) else { return nil }
      version = packet.number
      secrets = others
      return frames
    }
    return secrets.keys(ofClient: isForward == isClientForward).open(packet, bytes)
  }

  /// Reads a packet's frames (RFC 9000 §19).
  private mutating func read(
    _ frames: [UInt8], _ packet: QUICPacket, _ bytes: RawSpan, isForward: Bool, into output: inout Output
  ) {
    let isFromClient = isForward == isClientForward
    output.messages.append(
      .quicInitial(
        QUICInitial(
          version: packet.number, isFromClient: isFromClient,
          destinationID: output.texts.addHexadecimal(bytes.copy(packet.destinationID)),
          sourceID: output.texts.addHexadecimal(bytes.copy(packet.sourceID)))))
    let frames = RawSpan(_elements: frames.span)
    var offset = 0
    var count = 0
    while offset < frames.byteCount, count < Self.frameLimit {
      // PADDING is a byte of its own, and there may be a thousand.
      if frames.byte(at: offset) == 0 {
        offset &+= 1
        continue
      }
      count &+= 1
      guard let type = frames.quicInteger(at: &offset) else { break }
      switch type {
      case 1: continue
      case 2, 3: guard Self.passAcknowledgment(frames, &offset, hasCounts: type == 3) else { return }
      // CRYPTO; Google's own versions have it under another number.
      case 6, 8:
        guard type == 6 || packet.version.isGoogle else {
          readMessages(into: &output)
          return
        }
        guard let place = frames.quicInteger(at: &offset), let length = frames.quicInteger(at: &offset),
          length <= UInt64(frames.byteCount &- offset), place < 1 << 32
        else { return }
        let data = frames.extracting(offset..<offset &+ Int(length))
        let isKept =
          isFromClient ? client.add(data, at: Int(place)) : server.add(data, at: Int(place))
        if !isKept { isOver = true }
        offset &+= Int(length)
      default:
        // CONNECTION_CLOSE, or what may not stand in such a packet.
        readMessages(into: &output)
        return
      }
    }
    readMessages(into: &output)
  }

  private static func passAcknowledgment(_ frames: RawSpan, _ offset: inout Int, hasCounts: Bool) -> Bool {
    guard frames.quicInteger(at: &offset) != nil, frames.quicInteger(at: &offset) != nil,
      let ranges = frames.quicInteger(at: &offset), ranges <= 256, frames.quicInteger(at: &offset) != nil
    else { return false }
    for _ in 0..<ranges &* 2 &+ (hasCounts ? 3 : 0) {
      guard frames.quicInteger(at: &offset) != nil else { return false }
    }
    return true
  }

  private mutating func readMessages(into output: inout Output) {
    while let message = client.next() {
      let body = RawSpan(_elements: message.span).extracting(4..<message.count)
      guard message[0] == 1, TLSHello.readClient(body, .quic, into: &output) else { return isOver = true }
    }
    while let message = server.next() {
      let body = RawSpan(_elements: message.span).extracting(4..<message.count)
      guard message[0] == 2, TLSHello.readServer(body, .quic, into: &output)?.isRetryRequest == true else {
        return isOver = true
      }
    }
  }
}

/// One direction of a handshake's bytes, which come in CRYPTO frames in any order.
struct HandshakeStream: Sendable {
  /// The most bytes that are kept. A hello with post-quantum keys has 2 KB.
  static let limit = 1 << 14

  private var bytes = PartialBytes()
  private var read = 0

  /// - Returns: false when they do not fit.
  mutating func add(_ data: RawSpan, at offset: Int) -> Bool { bytes.add(data, at: offset, limit: Self.limit) }

  /// The next message that is whole, from its type on.
  mutating func next() -> [UInt8]? {
    guard read &+ 4 <= bytes.start else { return nil }
    let end = read &+ 4 &+ Int(RawSpan(_elements: bytes.bytes.span).bigEndian(UInt32.self, at: read) & 0xff_ffff)
    guard end <= bytes.start else { return nil }
    let message = Array(bytes.bytes[read..<end])
    read = end
    return message
  }
}
