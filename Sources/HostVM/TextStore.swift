// Text registers and constants in one array of bytes. Each starts on a multiple of 8 and has room for a multiple of 8,
// and the bytes from its end to the next multiple of 8 are zero: so texts are copied, compared and hashed by words.

import Bytes
import IR

struct TextStore: Sendable {
  struct Place: Sendable {
    let offset: Int
    /// Bytes at most, the NUL included.
    let capacity: Int
    /// Bytes before the NUL.
    var length: Int
    /// Whether it is D's NULL, whose length is 0.
    var isNull = false
  }

  private(set) var bytes: [UInt8] = []
  private(set) var places: [Place] = []

  /// A place at `offset`, over whatever lies there: the registers of two clauses are never alive at the same time.
  mutating func add(capacity: Int, at offset: Int) -> Int {
    let end = offset + Self.room(capacity)
    if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
    places.append(Place(offset: offset, capacity: capacity, length: 0))
    return places.count - 1
  }

  /// Bytes that a text of the capacity takes here.
  static func room(_ capacity: Int) -> Int { (capacity + 7) / 8 * 8 }

  /// The text without its NUL.
  @inline(__always)
  @_lifetime(borrow self)
  func view(_ text: Int) -> RawSpan {
    let place = places[text]
    return RawSpan(_elements: bytes.span.extracting(place.offset..<place.offset &+ place.length))
  }

  /// The text and the zeros after it, to a whole number of words.
  @inline(__always)
  @_lifetime(borrow self)
  func words(_ text: Int) -> RawSpan {
    let place = places[text]
    let end = place.offset &+ (place.length &+ 7) & ~7
    return RawSpan(_elements: bytes.span.extracting(place.offset..<end))
  }

  mutating func clear(_ text: Int) {
    places[text].length = 0
    places[text].isNull = false
  }

  mutating func setNull(_ text: Int) {
    places[text].length = 0
    places[text].isNull = true
  }

  mutating func copy(_ from: Int, to: Int) {
    guard from != to else { return }
    let source = places[from]
    let target = places[to]
    let length = min(source.length, target.capacity &- 1)
    var span = bytes.mutableSpan
    var raw = MutableRawSpan(_elements: &span)
    var at = 0
    while at < length {
      raw.storeBytes(
        of: raw.bytes.littleEndian(UInt64.self, at: source.offset &+ at) & Self.mask(length &- at),
        toByteOffset: target.offset &+ at, as: UInt64.self)
      at &+= 8
    }
    places[to].length = length
    places[to].isNull = source.isNull
  }

  /// Sets the text to the bytes of `source` before their first NUL, as far as there is room.
  mutating func set(_ text: Int, _ source: RawSpan) {
    let target = places[text]
    let limit = min(source.byteCount, target.capacity &- 1)
    var span = bytes.mutableSpan
    var raw = MutableRawSpan(_elements: &span)
    var at = 0
    while at &+ 8 <= limit {
      let word = source.littleEndian(UInt64.self, at: at)
      if Self.hasZero(word) { break }
      raw.storeBytes(of: word, toByteOffset: target.offset &+ at, as: UInt64.self)
      at &+= 8
    }
    // What is left is shorter than a word, or has its NUL within the next.
    var tail: UInt64 = 0
    var shift: UInt64 = 0
    let start = at
    while at < limit {
      let byte = source.byte(at: at)
      if byte == 0 { break }
      tail |= UInt64(byte) &<< shift
      shift &+= 8
      at &+= 1
    }
    if shift > 0 { raw.storeBytes(of: tail, toByteOffset: target.offset &+ start, as: UInt64.self) }
    places[text].length = at
    places[text].isNull = false
  }

  /// The same of the first `limit` bytes of an array.
  mutating func set(_ text: Int, _ source: [UInt8], limit: Int = .max) {
    let all = RawSpan(_elements: source.span)
    set(text, all.extracting(0..<min(limit, all.byteCount)))
  }

  /// As strcmp: negative, zero, positive. NULL is less than the empty text.
  func compare(_ left: Int, _ right: Int) -> Int {
    if places[left].isNull || places[right].isNull {
      return (places[left].isNull ? 0 : 1) - (places[right].isNull ? 0 : 1)
    }
    let a = words(left)
    let b = words(right)
    let common = min(a.byteCount, b.byteCount)
    var at = 0
    while at < common {
      let x = a.littleEndian(UInt64.self, at: at)
      let y = b.littleEndian(UInt64.self, at: at)
      // The first byte in memory is the highest of the swapped word.
      if x != y { return x.byteSwapped < y.byteSwapped ? -1 : 1 }
      at &+= 8
    }
    return a.byteCount &- b.byteCount
  }

  // MARK: Texts kept in words: the length and one, all ones for NULL, zero where nothing was kept; then the bytes

  /// Words that a text of the capacity takes in a variable or an element.
  static func words(capacity: Int) -> Int { 1 + room(capacity) / 8 }

  /// Sets the text from words at `start`, as `store` left them; where nothing was kept it is empty, or NULL where that is asked for.
  mutating func load(_ text: Int, from words: [UInt64], at start: Int, unsetIsNull: Bool) {
    let target = places[text]
    let length = min(max(0, Int(truncatingIfNeeded: words[start]) &- 1), target.capacity &- 1)
    var span = bytes.mutableSpan
    var raw = MutableRawSpan(_elements: &span)
    var at = 0
    var word = start &+ 1
    while at < length {
      raw.storeBytes(
        of: words[word] & Self.mask(length &- at), toByteOffset: target.offset &+ at, as: UInt64.self)
      at &+= 8
      word &+= 1
    }
    places[text].length = length
    places[text].isNull = words[start] == .max || (unsetIsNull && words[start] == 0)
  }

  /// Keeps the text in words from `start` on, cut to `capacity` with its NUL.
  func store(_ text: Int, to words: inout [UInt64], at start: Int, capacity: Int) {
    let source = self.words(text)
    let length = min(places[text].length, capacity &- 1)
    words[start] = places[text].isNull ? .max : UInt64(length &+ 1)
    var at = 0
    var word = start &+ 1
    while at < length {
      words[word] = source.littleEndian(UInt64.self, at: at) & Self.mask(length &- at)
      at &+= 8
      word &+= 1
    }
  }

  /// Appends the text to a key as a part of the capacity.
  func append(_ text: Int, to key: inout KeyBuffer.Builder, capacity: Int) {
    let source = words(text)
    let length = min(places[text].length, capacity &- 1)
    var at = 0
    if places[text].isNull {
      key.append(Self.nullWord)
      at = 8
    }
    while at < length {
      key.append(source.littleEndian(UInt64.self, at: at) & Self.mask(length &- at))
      at &+= 8
    }
    key.pad((Self.room(capacity) &- at) / 8)
  }

  /// What NULL is in a key: a byte 0 and a byte 1.
  static let nullWord: UInt64 = 0x100

  /// The low `count` bytes of a word, all of them from 8 on.
  @inline(__always)
  private static func mask(_ count: Int) -> UInt64 { count >= 8 ? .max : ~(.max &<< UInt64(8 &* count)) }

  @inline(__always)
  private static func hasZero(_ word: UInt64) -> Bool {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
  }
}
