import Bytes

extension Dissector {
  /// IPNET of Solaris, LINKTYPE 226: version, family, 22 bytes about zones and interfaces.
  mutating func ipnet(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(24, .ipnet)
    let family = rest.byte(at: 1)
    skip(24)
    return family == 2 ? .ipv4 : family == 26 ? .ipv6 : .payload
  }
}
