import Bytes

extension Dissector {
  /// PPI, LINKTYPE 192: version, flags, length of all its fields, LINKTYPE of the frame; little-endian.
  mutating func ppi(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(8, .ppi)
    let length = Int(rest.littleEndian(UInt16.self, at: 2))
    let link = rest.littleEndian(UInt32.self, at: 4)
    guard length >= 8 else { throw .inconsistent(.ppi, .length, value: UInt32(truncatingIfNeeded: length)) }
    try need(length, .ppi)
    skip(length)
    return try wrapped(link)
  }
}
