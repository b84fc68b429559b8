import Bytes

/// A UDP datagram between two ports.
struct Datagram {
  let source: UInt16
  let destination: UInt16

  private func isTo(_ port: UInt16) -> Bool { source == port || destination == port }

  /// Reads the datagram as the protocol that its port announces, when it can be that; otherwise as the one whose shape it has.
  func read(
    _ bytes: RawSpan, flow: (index: Int, isNew: Bool, isForward: Bool), _ handshakes: inout Handshakes,
    into output: inout Output
  ) {
    if DNS.isPort(source) || DNS.isPort(destination) {
      if DNS.read(bytes, into: &output) { return }
    }
    if isTo(NTP.port), NTP.read(bytes, into: &output) { return }
    if isTo(NBNS.port) { return NBNS.read(bytes, into: &output) }
    if DNS.isCertain(bytes), DNS.read(bytes, into: &output) { return }
    switch bytes.byte(at: 0) {
    case 1...4:
      if DHCP.begins(bytes) {
        DHCP.read(bytes, into: &output)
      } else {
        WireGuard.read(bytes, into: &output)
      }
    case 22: if DTLSHandshake.begins(bytes) { handshakes.read(bytes, flow: flow, into: &output) }
    case 0x30: _ = SNMP.read(bytes, into: &output)
    case 0xc0...: if QUICHandshake.begins(bytes) { handshakes.read(bytes, flow: flow, into: &output) }
    // HTTP over UDP: SSDP (UPnP Device Architecture 2.0 §1), by any port.
    case UInt8(ascii: "A")...UInt8(ascii: "Z"):
      if HTTP.begins(bytes) == .yes { _ = HTTP.readHead(bytes, isLast: true, into: &output) }
    default: break
    }
  }
}
