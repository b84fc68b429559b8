/// A canonical Huffman code (RFC 1951 §3.2.2), laid out for decoding: one table for codes of up to `fastBits` bits, and
/// the counts per length for longer ones.
struct PrefixCode {
  static let fastBits = 10
  static let longest = 15

  /// Indexed by the next `fastBits` bits: symbol << 4 | length, or 0 when the code is longer or none.
  private(set) var fast: [UInt16]
  /// How many codes there are of each length.
  private(set) var counts: [UInt16]
  /// The symbols in the order of their codes.
  private(set) var symbols: [UInt16]

  /// Fails when more codes are given than a prefix code can have. Incomplete codes are taken, as zlib takes a single
  /// distance code: bits that are no code are refused when they are met.
  init(lengths: ArraySlice<UInt8>) throws(GzipError) {
    counts = [UInt16](repeating: 0, count: Self.longest + 1)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var left = 1
    var offsets = [Int](repeating: 0, count: Self.longest + 2)
    var codes = [Int](repeating: 0, count: Self.longest + 2)
    for length in 1...Self.longest {
      left = left * 2 - Int(counts[length])
      guard left >= 0 else { throw .code }
      offsets[length + 1] = offsets[length] + Int(counts[length])
      codes[length + 1] = (codes[length] + Int(counts[length])) << 1
    }
    symbols = [UInt16](repeating: 0, count: offsets[Self.longest + 1])
    fast = [UInt16](repeating: 0, count: 1 << Self.fastBits)
    for (symbol, length) in zip(0..., lengths) where length > 0 {
      let length = Int(length)
      symbols[offsets[length]] = UInt16(symbol)
      offsets[length] += 1
      let code = codes[length]
      codes[length] += 1
      guard length <= Self.fastBits else { continue }
      // The stream carries codes with their first bit lowest, so the table is indexed by the reversed code.
      var reversed = 0
      for bit in 0..<length where code >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
      let entry = UInt16(symbol) << 4 | UInt16(length)
      for index in stride(from: reversed, to: fast.count, by: 1 << length) { fast[index] = entry }
    }
  }

  /// The symbol at the low end of `bits` and how many bits it took; nil when they are no code.
  @inline(__always)
  func decode(_ bits: UInt64) -> (symbol: Int, length: Int)? {
    let entry = fast[Int(truncatingIfNeeded: bits) & (1 << Self.fastBits - 1)]
    if entry != 0 { return (Int(entry >> 4), Int(entry & 15)) }
    return decodeLong(bits)
  }

  private func decodeLong(_ bits: UInt64) -> (symbol: Int, length: Int)? {
    var code = 0
    var first = 0
    var index = 0
    for length in 1...Self.longest {
      code |= Int(truncatingIfNeeded: bits >> UInt64(length - 1)) & 1
      let count = Int(counts[length])
      if code - first < count { return (Int(symbols[index + code - first]), length) }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return nil
  }
}
