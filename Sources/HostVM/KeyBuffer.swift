/// The key of the step at work: its words and their hash. It is built through a `Builder`, which borrows the words
/// once.
struct KeyBuffer: Sendable {
  private(set) var words: [UInt64]
  private(set) var hash: UInt32 = 0
  private let seed: UInt64

  /// `capacity` is the most words that a key of the program has.
  init(capacity: Int, seed: UInt64) {
    words = [UInt64](repeating: 0, count: capacity)
    self.seed = seed
  }

  @inline(__always)
  mutating func build(_ body: (inout Builder) -> Void) {
    let seed = seed
    var builder = Builder(words: words.mutableSpan, seed: seed)
    body(&builder)
    hash = builder.hash
  }

  struct Builder: ~Copyable, ~Escapable {
    private var words: MutableSpan<UInt64>
    private var count = 0
    private var state: UInt64
    private let seed: UInt64

    @inline(__always)
    @_lifetime(copy words)
    init(words: consuming MutableSpan<UInt64>, seed: UInt64) {
      self.words = words
      self.seed = seed
      state = seed
    }

    var hash: UInt32 { UInt32(truncatingIfNeeded: state ^ state >> 32) }

    @inline(__always)
    mutating func append(_ word: UInt64) {
      words[count] = word
      count &+= 1
      // The two halves of a 128-bit product folded: every bit of the word reaches every bit of the state.
      let product = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
      state = product.high ^ product.low &+ seed
    }

    /// Words of zeros that a shorter text leaves. They are not hashed: equal keys have equal texts before them.
    @inline(__always)
    mutating func pad(_ zeros: Int) {
      var left = zeros
      while left > 0 {
        words[count] = 0
        count &+= 1
        left &-= 1
      }
    }
  }
}
