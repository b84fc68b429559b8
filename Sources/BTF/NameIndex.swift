import Bytes
import Synchronization

/// Names to types: one chain a bucket, threaded through an array with a place for every name, so that making it costs one
/// hash a name and nothing else, however many types share one.
struct NameIndex: Sendable {
  private let ids: [UInt32]
  /// The place in `ids`, from 1, of the last type of each bucket; 0 for none.
  private var heads: [UInt32]
  /// The place of the type before this one in its bucket; 0 ends a chain.
  private var previous: [UInt32]

  /// - Parameters:
  ///   - ids: the types to index, each with a name.
  ///   - offsets: where each type's record begins in `span`.
  ///   - strings: where the strings are in `span`; they end with a NUL.
  init(of ids: [UInt32], offsets: [UInt32], in span: RawSpan, strings: Range<Int>) {
    var buckets = 64
    while buckets < ids.count { buckets *= 2 }
    self.ids = ids
    heads = [UInt32](repeating: 0, count: buckets)
    previous = []
    previous.reserveCapacity(ids.count)
    let mask = UInt64(buckets - 1)
    for id in ids {
      let name = Int(span.littleEndian(UInt32.self, at: Int(offsets[Int(id)])))
      let bucket = Int(Self.hash(span, at: strings.lowerBound + name, end: strings.upperBound) & mask)
      previous.append(heads[bucket])
      heads[bucket] = UInt32(previous.count)
    }
  }

  /// Calls `body` with every type that may have the name, last first; the name is to be compared by the caller.
  func candidates(_ name: [UInt8], _ body: (UInt32) -> Void) {
    let hash = Self.hash(RawSpan(_elements: name.span), at: 0, end: name.count)
    var place = heads[Int(hash & UInt64(heads.count - 1))]
    while place != 0 {
      body(ids[Int(place) - 1])
      place = previous[Int(place) - 1]
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

/// The functions' names, indexed when somebody asks for the first: they are three names of four, and few runs need one.
final class FunctionIndex: Sendable {
  private let made = Mutex<NameIndex?>(nil)

  /// The index, made by `make` when this is the first call.
  func get(_ make: () -> NameIndex) -> NameIndex {
    made.withLock { made in
      if let made { return made }
      let index = make()
      made = index
      return index
    }
  }
}
