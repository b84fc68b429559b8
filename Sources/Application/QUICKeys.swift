import Bytes
import Crypto
import CryptoExtras

/// What protects one end's Initial packets: keys that everybody can derive from the client's first destination ID (RFC 9001 §5.2). They
/// prove that a packet is QUIC, and hide nothing.
struct QUICKeys: Sendable {
  private let key: SymmetricKey
  private let nonce: [UInt8]
  private let headerKey: SymmetricKey

  /// - Parameter secret: the end's own (RFC 9001 §5.2).
  init(_ secret: HMAC<SHA256>, _ version: QUICVersion) {
    let prefix = version == .two ? "quicv2 " : "quic "
    key = SymmetricKey(data: secret.expanded(prefix + "key", 16))
    nonce = secret.expanded(prefix + "iv", 12)
    headerKey = SymmetricKey(data: secret.expanded(prefix + "hp", 16))
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
