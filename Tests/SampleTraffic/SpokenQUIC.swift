import Crypto
import CryptoExtras

/// The beginning of QUIC connections: a client's first Initial packet, sealed as RFC 9001 §5 has it, and what follows under keys that nobody has.
enum SpokenQUIC {
  /// Bytes of the first datagram (RFC 9000 §14.1).
  static let datagram = 1200

  /// A datagram that is one Initial packet with a TLS hello in it; nil when it would be shorter than one may be.
  static func initial(_ conversation: Int, _ length: Int) -> [UInt8]? {
    guard length >= datagram else { return nil }
    let destination: [UInt8] = (0..<8).map { UInt8(truncatingIfNeeded: conversation >> ($0 * 8)) }
    // Header: form, version 1, both IDs, no token, length in two bytes, packet number 0 in four.
    let rest = length - 22
    let header =
      [0xc3, 0, 0, 0, 1, 8] + destination + [0, 0, 0x40 | UInt8(rest >> 8), UInt8(rest & 0xff)] + [0, 0, 0, 0]
    // A CRYPTO frame at offset 0, length in two bytes; the packet's tag takes sixteen.
    let count = rest - 4 - 4 - 16
    guard let hello = Speech.clientHello(conversation, count) else { return nil }
    let frames = [6, 0, 0x40 | UInt8(count >> 8), UInt8(count & 0xff)] + hello
    return seal(header, frames, destination)
  }

  /// A packet with a short header, as most are.
  static func short(_ length: Int) -> [UInt8]? {
    length > 0 ? [0x43] + [UInt8](repeating: 0x5a, count: length - 1) : nil
  }

  private static func seal(_ header: [UInt8], _ frames: [UInt8], _ destination: [UInt8]) -> [UInt8]? {
    let salt: [UInt8] = [
      0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f,
      0x0a,
    ]
    let secret = expand(Array(HMAC<SHA256>.authenticationCode(for: destination, using: key(salt))), "client in", 32)
    let nonce = expand(secret, "quic iv", 12)
    // The packet number is 0: the nonce is the secret's.
    guard let iv = try? AES.GCM.Nonce(data: nonce),
      let box = try? AES.GCM.seal(frames, using: key(expand(secret, "quic key", 16)), nonce: iv, authenticating: header)
    else { return nil }
    let sealed = Array(box.ciphertext) + Array(box.tag)
    var mask = Array(sealed[0..<16])
    guard (try? AES.permute(&mask, key: key(expand(secret, "quic hp", 16)))) != nil else { return nil }
    var packet = header + sealed
    packet[0] ^= mask[0] & 0x0f
    for place in 0..<4 { packet[header.count - 4 + place] ^= mask[1 + place] }
    return packet
  }

  /// HKDF-Expand-Label with an empty context (RFC 8446 §7.1), of one block.
  private static func expand(_ secret: [UInt8], _ label: String, _ count: Int) -> [UInt8] {
    let name = Array("tls13 ".utf8) + Array(label.utf8)
    let info = [0, UInt8(count), UInt8(name.count)] + name + [0, 1]
    return Array(HMAC<SHA256>.authenticationCode(for: info, using: key(secret)).prefix(count))
  }

  private static func key(_ bytes: [UInt8]) -> SymmetricKey { SymmetricKey(data: bytes) }
}
