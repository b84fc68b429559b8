import Bytes

/// An NTP message (RFC 5905 §7.3).
package struct NTPMessage: Sendable, BitwiseCopyable {
  package var version: UInt8
  /// 1 symmetric active, 2 symmetric passive, 3 client, 4 server, 5 broadcast, 6 control, 7 private.
  package var mode: UInt8
  /// 0 where it is not told, 1 for a primary server; of modes 6 and 7 it is 0.
  package var stratum: UInt8
}

enum NTP {
  static let port: UInt16 = 123
  private static let headerLength = 48

  /// Reads a datagram of NTP's port.
  static func read(_ bytes: RawSpan, into output: inout Output) -> Bool {
    let first = bytes.byte(at: 0)
    let (version, mode) = (first >> 3 & 7, first & 7)
    guard (1...4).contains(version), mode != 0 else { return false }
    if mode >= 6 {
      guard bytes.byteCount >= (mode == 6 ? 12 : 8) else { return false }
      output.messages.append(.ntp(NTPMessage(version: version, mode: mode, stratum: 0)))
      return true
    }
    // 16 is a clock that is not synchronized; more are reserved.
    guard bytes.byteCount >= headerLength, bytes.byte(at: 1) <= 16 else { return false }
    output.messages.append(.ntp(NTPMessage(version: version, mode: mode, stratum: bytes.byte(at: 1))))
    return true
  }
}
