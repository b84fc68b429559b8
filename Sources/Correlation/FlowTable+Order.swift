import Events

extension FlowTable {
  /// The indices of all flows: the most bytes first, and where these are equal the earliest first packet.
  package func indicesBySize() -> [UInt32] {
    var sorted = RadixSort(count: count)
    // Stable: what is sorted by last counts most.
    sorted.sort { UInt64(bitPattern: firstTime(of: $0)) ^ 1 << 63 }
    sorted.sort { ~bytes(of: $0) }
    return sorted.indices
  }
}

/// Sorts numbers from 0 on by words, digit by digit: a hundred thousand flows are sorted in the time in which comparing takes a fifth of them.
private struct RadixSort {
  private(set) var indices: [UInt32]
  private var words: [UInt64]
  private var otherIndices: [UInt32]
  private var otherWords: [UInt64]

  init(count: Int) {
    indices = (0..<count).map { UInt32(truncatingIfNeeded: $0) }
    otherIndices = indices
    words = [UInt64](repeating: 0, count: count)
    otherWords = words
  }

  /// Sorts by a word, the least first; equal ones stay in their order.
  mutating func sort(_ word: (Int) -> UInt64) {
    var (all, any): (UInt64, UInt64) = (.max, 0)
    for place in indices.indices {
      words[place] = word(Int(indices[place]))
      all &= words[place]
      any |= words[place]
    }
    for shift in stride(from: UInt64(0), to: 64, by: 8) where (all ^ any) >> shift & 0xff != 0 { pass(shift) }
  }

  private mutating func pass(_ shift: UInt64) {
    var starts = [Int](repeating: 0, count: 257)
    for word in words { starts[Int(word >> shift & 0xff) + 1] += 1 }
    for digit in 1..<257 { starts[digit] += starts[digit - 1] }
    Self.move(words, indices, by: shift, &starts, &otherWords, &otherIndices)
    swap(&words, &otherWords)
    swap(&indices, &otherIndices)
  }

  private static func move(
    _ words: [UInt64], _ indices: [UInt32], by shift: UInt64, _ starts: inout [Int], _ otherWords: inout [UInt64],
    _ otherIndices: inout [UInt32]
  ) {
    var sortedWords = otherWords.mutableSpan
    var sortedIndices = otherIndices.mutableSpan
    for place in words.indices {
      let digit = Int(words[place] >> shift & 0xff)
      sortedWords[starts[digit]] = words[place]
      sortedIndices[starts[digit]] = indices[place]
      starts[digit] += 1
    }
  }
}
