import Bytes
import Crypto
import CryptoExtras

/// What protects one end's Initial packets: keys that everybody can derive from the client's first destination ID (RFC 9001 §5.2). They
/// prove that a packet is QUIC, and hide nothing.
struct QUICKeys: Sendable {
  private let key: SymmetricKey
  private let nonce: [UInt8]
  private let headerKey: SymmetricKey

  /// The keys of both ends.
  static func initial(_ version: QUICVersion, destinationID: [UInt8]) -> (client: QUICKeys, server: QUICKeys) {
    let secret = authenticate(destinationID, key: salt(of: version))
    return (
      QUICKeys(expand(secret, "client in", 32), version), QUICKeys(expand(secret, "server in", 32), version)
    )
  }

  private init(_ secret: [UInt8], _ version: QUICVersion) {
    let prefix = version == .two ? "quicv2 " : "quic "
    key = SymmetricKey(data: Self.expand(secret, prefix + "key", 16))
    nonce = Self.expand(secret, prefix + "iv", 12)
    headerKey = SymmetricKey(data: Self.expand(secret, prefix + "hp", 16))
  }

  /// HKDF-Expand-Label with an empty context (RFC 8446 §7.1), of one block at most: then HKDF's expansion is one HMAC (RFC 5869 §2.3), as its
  /// extraction is.
  private static func expand(_ secret: [UInt8], _ label: String, _ count: Int) -> [UInt8] {
    let name = Array("tls13 ".utf8) + Array(label.utf8)
    let info = [0, UInt8(count), UInt8(name.count)] + name + [0]
    return Array(authenticate(info + [1], key: secret).prefix(count))
  }

  private static func authenticate(_ data: [UInt8], key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
  }

  /// RFC 9001 §5.2, RFC 9369 §3.3.1, and the drafts' §5.2.
  private static func salt(of version: QUICVersion) -> [UInt8] {
    switch version {
    case .one:
      [
        0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb,
        0x7f, 0x0a,
      ]
    case .two:
      [
        0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd,
        0x2e, 0xd9,
      ]
    case .draft29:
      [
        0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90,
        0xa8, 0x99,
      ]
    case .draft23:
      [
        0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9,
        0xf5, 0x02,
      ]
    case .draft21:
      [
        0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02,
        0x64, 0x4a,
      ]
    }
  }

  /// Takes the protection off a packet (RFC 9001 §5.3, §5.4).
  /// - Parameter bytes: the packet's, from its first on.
  /// - Returns: its frames; nil when it was not protected with these keys.
  func open(_ packet: QUICPacket, _ bytes: RawSpan) -> [UInt8]? {
    let sample = packet.numberOffset &+ 4
    guard sample &+ 16 <= packet.count else { return nil }
    var mask = bytes.copy(sample..<sample &+ 16)
    guard (try? AES.permute(&mask, key: headerKey)) != nil else { return nil }

    var header = bytes.copy(0..<packet.numberOffset &+ 4)
    header[0] ^= mask[0] & 0x0f
    let length = Int(header[0] & 3) &+ 1
    header.removeLast(4 &- length)
    // The first packets have the first numbers: what is cut off of them is zero.
    var nonce = nonce
    for place in 0..<length {
      header[packet.numberOffset &+ place] ^= mask[1 &+ place]
      nonce[12 &- length &+ place] ^= header[packet.numberOffset &+ place]
    }
    let end = packet.count &- 16
    guard packet.numberOffset &+ length <= end else { return nil }
    guard let iv = try? AES.GCM.Nonce(data: nonce),
      let box = try? AES.GCM.SealedBox(
        nonce: iv, ciphertext: bytes.copy(packet.numberOffset &+ length..<end), tag: bytes.copy(end..<packet.count)),
      let frames = try? AES.GCM.open(box, using: key, authenticating: header)
    else { return nil }
    return Array(frames)
  }
}
