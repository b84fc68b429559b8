import Bytes

extension Dissector {
  /// PKTAP of Darwin, LINKTYPE 258: length, kind of record, LINKTYPE of the frame, and who sent it; little-endian.
  mutating func pktap(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(12, .pktap)
    let length = rest.littleEndian(UInt32.self, at: 0)
    let kind = rest.littleEndian(UInt32.self, at: 4)
    let link = rest.littleEndian(UInt32.self, at: 8)
    guard length >= 12, length <= 0xffff else { throw .inconsistent(.pktap, .length, value: length) }
    try need(Int(length), .pktap)
    skip(Int(length))
    return kind == 1 ? try wrapped(link) : .payload
  }
}
