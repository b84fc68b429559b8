import Bytes

/// What a load balancer says of a client before it passes on what that said (HAProxy, "The PROXY protocol", versions 1 and 2):
///
///     PROXY TCP4 192.0.2.1 198.51.100.5 40000 443 CR LF
///     0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a │ version and command 1 │ family 1 │ length 2 │ addresses
///
/// Another protocol follows.
enum ProxyProtocol {
  private static let families: [StaticString] = ["PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN"]
  private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
  /// The longest line of version 1.
  private static let lineLimit = 107

  static func begins(_ bytes: RawSpan) -> Beginning {
    switch bytes.byte(at: 0) {
    case UInt8(ascii: "P"):
      for family in families {
        let common = bytes.common(with: family)
        if common == family.utf8CodeUnitCount { return .yes }
        if common == bytes.byteCount { return .more }
      }
      return .no
    case 0x0d:
      for (place, byte) in signature.enumerated() {
        if place == bytes.byteCount { return .more }
        if bytes.byte(at: place) != byte { return .no }
      }
      return .yes
    default: return .no
    }
  }

  static func step(_ bytes: RawSpan) -> Step {
    if bytes.byte(at: 0) == 0x0d {
      guard bytes.byteCount >= 16 else { return .more }
      return .anew(16 + UInt64(bytes.bigEndian(UInt16.self, at: 14)))
    }
    if let end = bytes.first(UInt8(ascii: "\n"), in: 0..<min(bytes.byteCount, lineLimit)) {
      return .anew(UInt64(end) + 1)
    }
    return bytes.byteCount < lineLimit ? .more : .lost
  }
}
