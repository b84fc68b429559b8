import IR

/// What `frameMark` makes of a packet's length and first 64 bytes; 0 when those do not lie in one piece.
/// - Parameters:
///   - start: the address of its first byte behind the link header.
///   - length: its bytes from there on.
///   - inOnePiece: of them those that lie at `start`.
func frameMark(of start: Recipe, _ length: Recipe, inOnePiece: Recipe) -> Recipe {
  let marked = Recipe.choose(isAtLeast(length, .constant(64)), .constant(64), length)
  let lastWord = Recipe.load(.binary(.add, start, marked), offset: -8, .double, signed: false)
  return .choose(
    isAtLeast(inOnePiece, marked),
    with(
      .choose(isAtLeast(length, .constant(8)), lastWord, .constant(0)),
      added: (0..<8).reduce(length) { hash, word in
        with(
          .choose(
            isAtLeast(length, .constant(Int64(8 * word + 8))), .load(start, offset: 8 * word, .double, signed: false),
            .constant(0)), added: hash)
      }), .constant(0))
}

private func isAtLeast(_ value: Recipe, _ bound: Recipe) -> Recipe { .compare(.greaterEqualSigned, value, bound) }

/// 2^64 divided by the golden ratio, as `frameMark` has it.
private func with(_ word: Recipe, added hash: Recipe) -> Recipe {
  .binary(.multiply, .binary(.xor, hash, word), .constant(Int64(bitPattern: 0x9e37_79b9_7f4a_7c15)))
}
