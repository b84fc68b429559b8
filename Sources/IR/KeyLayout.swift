/// How a tuple key lies in memory, for both engines: each part starts on a multiple of 8 bytes, in order; integers are
/// extended to 8 bytes by their sign, symbols are 8-byte indices, texts are padded with zero bytes after their NUL to a
/// multiple of 8. Equal keys have equal bytes. A thread's own array has the thread's id (8 bytes) before the other parts.
package struct KeyLayout: Sendable, Hashable {
  package let offsets: [Int]
  /// Bytes of the whole key, a multiple of 8; 0 for an aggregation without a key.
  package let size: Int

  package init(_ parts: [Storage], perThread: Bool = false) {
    var offset = perThread ? 8 : 0
    var offsets: [Int] = []
    for part in parts {
      offsets.append(offset)
      offset += Self.size(of: part)
    }
    self.offsets = offsets
    size = offset
  }

  /// The parts are those of the aggregation, however many integers each is.
  package init(_ aggregation: Aggregation) {
    var offset = 0
    var offsets: [Int] = []
    for part in aggregation.key {
      offsets.append(offset)
      offset += part.storages.reduce(0) { $0 + Self.size(of: $1) }
    }
    self.offsets = offsets
    size = offset
  }

  /// Bytes that one part takes.
  package static func size(of part: Storage) -> Int {
    switch part {
    case .integer: 8
    case .text(let capacity), .bytes(let capacity): (capacity + 7) / 8 * 8
    }
  }
}
