import IR

/// What `frameMark` makes of a packet's length and first 64 bytes; 0 when those do not lie in one piece.
/// - Parameters:
///   - start: the address of its first byte behind the link header.
///   - length: its bytes from there on.
///   - inOnePiece: of them those that lie at `start`.
func frameMark(of start: Recipe, _ length: Recipe, inOnePiece: Recipe) -> Recipe {
  .choose(
    isAtLeast(inOnePiece, least(length, 64)),
    mark(of: start, length, most: 64) { .load($0, offset: $1, .double, signed: false) }, .constant(0))
}

/// What `payloadMark` makes of a datagram's length and first 32 bytes, which the running process has at `start`.
func payloadMark(of start: Recipe, _ length: Recipe) -> Recipe {
  mark(of: start, length, most: 32) { .userLoad($0, offset: $1, .double, signed: false) }
}

/// The length and the words of the first `most` bytes, one after the other, and the last eight of these bytes.
private func mark(of start: Recipe, _ length: Recipe, most: Int, _ load: (Recipe, Int) -> Recipe) -> Recipe {
  let lastWord = load(.binary(.add, start, least(length, Int64(most))), -8)
  return with(
    .choose(isAtLeast(length, .constant(8)), lastWord, .constant(0)),
    added: (0..<most / 8).reduce(length) { hash, word in
      with(
        .choose(isAtLeast(length, .constant(Int64(8 * word + 8))), load(start, 8 * word), .constant(0)), added: hash)
    })
}

func least(_ value: Recipe, _ bound: Int64) -> Recipe {
  .choose(isAtLeast(value, .constant(bound)), .constant(bound), value)
}

private func isAtLeast(_ value: Recipe, _ bound: Recipe) -> Recipe { .compare(.greaterEqualSigned, value, bound) }

/// 2^64 divided by the golden ratio, as `frameMark` has it.
private func with(_ word: Recipe, added hash: Recipe) -> Recipe {
  .binary(.multiply, .binary(.xor, hash, word), .constant(Int64(bitPattern: 0x9e37_79b9_7f4a_7c15)))
}
