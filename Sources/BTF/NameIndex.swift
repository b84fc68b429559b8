import Bytes

/// Names to types: one chain a bucket, threaded through an array with a place for every type, so that making it costs one
/// hash a type and nothing else, however many types share a name.
struct NameIndex: Sendable {
  /// The last type of each bucket; 0 ends a chain.
  private var heads: [UInt32] = []
  /// The type before this one in its bucket.
  private var previous: [UInt32] = []

  init() {}

  /// - Parameters:
  ///   - offsets: where each type's record begins in `span`, entry 0 unused.
  ///   - strings: where the strings are in `span`; they end with a NUL.
  init(of offsets: [UInt32], in span: RawSpan, strings: Range<Int>) {
    var buckets = 1024
    while buckets < offsets.count { buckets *= 2 }
    heads = [UInt32](repeating: 0, count: buckets)
    previous = [UInt32](repeating: 0, count: offsets.count)
    let mask = UInt64(buckets - 1)
    for id in 1..<max(1, offsets.count) {
      let name = span.littleEndian(UInt32.self, at: Int(offsets[id]))
      if name == 0 { continue }
      let bucket = Int(Self.hash(span, at: strings.lowerBound + Int(name), end: strings.upperBound) & mask)
      previous[id] = heads[bucket]
      heads[bucket] = UInt32(id)
    }
  }

  /// Calls `body` with every type that may have the name, last first; the name is to be compared by the caller.
  func candidates(_ name: [UInt8], _ body: (UInt32) -> Void) {
    guard !heads.isEmpty else { return }
    let hash = Self.hash(RawSpan(_elements: name.span), at: 0, end: name.count)
    var id = heads[Int(hash & UInt64(heads.count - 1))]
    while id != 0 {
      body(id)
      id = previous[Int(id)]
    }
  }

  /// A hash of the bytes from `start` to the first NUL or to `end`, eight at a time.
  @inline(__always)
  private static func hash(_ span: RawSpan, at start: Int, end: Int) -> UInt64 {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    var at = start
    while end - at >= 8 {
      let word = span.littleEndian(UInt64.self, at: at)
      // The lowest NUL's high bit is the lowest bit set here.
      let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
      if zeros != 0 {
        let kept = zeros.trailingZeroBitCount & ~7
        return mix(state, kept == 0 ? 0 : word & (~0 >> UInt64(64 - kept)))
      }
      state = mix(state, word)
      at += 8
    }
    var word: UInt64 = 0
    var shift: UInt64 = 0
    while at < end {
      let byte = span.byte(at: at)
      if byte == 0 { break }
      word |= UInt64(byte) << shift
      shift += 8
      at += 1
    }
    return mix(state, word)
  }

  @inline(__always)
  private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word).multipliedFullWidth(by: 0x9fb2_1c65_1e98_df25)
    return product.high ^ product.low
  }
}
