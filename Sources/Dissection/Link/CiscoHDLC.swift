import Bytes

extension Dissector {
  /// Cisco's HDLC: address, control, ethertype.
  mutating func ciscoHDLC(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(4, .ciscoHDLC)
    let etherType = rest.bigEndian(UInt16.self, at: 2)
    skip(4)
    // On such links 0x8035 is not RARP but SLARP, which keeps the link alive.
    return etherType == EtherType.rarp ? .payload : follow(etherType: etherType, &layers)
  }
}
