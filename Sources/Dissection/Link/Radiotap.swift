import Bytes

extension Dissector {
  /// Radiotap (radiotap.org): how the frame was received, then the frame. All little-endian.
  ///
  ///     +---------+-----+--------+---------------------+------------
  ///     | version | pad | length | present, once or more | fields …
  ///     +---------+-----+--------+---------------------+------------
  mutating func radiotap(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(8, .radiotap)
    let length = Int(rest.littleEndian(UInt16.self, at: 2))
    guard rest.byte(at: 0) == 0, length >= 8 else {
      throw .inconsistent(.radiotap, .length, value: UInt32(truncatingIfNeeded: length))
    }
    try need(length, .radiotap)
    let present = rest.littleEndian(UInt32.self, at: 4)
    var field = 4
    // Bit 31: one more word of bits.
    while field &+ 4 <= length, rest.littleEndian(UInt32.self, at: field) & 0x8000_0000 != 0 { field &+= 4 }
    field &+= 4
    if present & 1 != 0 { field = ((field &+ 7) & ~7) &+ 8 }
    // Flags, bit 0x20: the header is padded to four bytes.
    let padded = present & 2 != 0 && field < length && rest.byte(at: field) & 0x20 != 0
    skip(length)
    return try wifi(&layers, padded: padded)
  }
}
