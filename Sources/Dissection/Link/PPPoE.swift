import Bytes

extension Dissector {
  /// PPPoE (RFC 2516 §4): only the session stage carries packets.
  ///
  ///     +---+---+--------+------------+----------+
  ///     |ver|typ|  code  | session id |  length  |
  ///     +---+---+--------+------------+----------+
  mutating func pppoe(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(6, .pppoe)
    guard rest.byte(at: 0) == 0x11 else {
      throw .inconsistent(.pppoe, .version, value: UInt32(rest.byte(at: 0)))
    }
    let isSession = rest.byte(at: 1) == 0
    let length = Int(rest.bigEndian(UInt16.self, at: 4))
    skip(6)
    limit(to: length, of: .pppoe, field: .length, &layers)
    return isSession ? .ppp : .payload
  }
}
