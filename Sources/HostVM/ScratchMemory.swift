// The program's own memory: what D's alloca, copyin and string pointers use during one firing, behind the clause-local
// variables of bytes; and the global ones, of which there is no end to allocate from.

import Bytes
import IR

struct ScratchMemory: Sendable {
  private(set) var bytes: [UInt8]
  /// What this firing has allocated: nothing above it can be read or written.
  private var top: Int
  /// Bytes of variables before what is allocated.
  private let variables: Int
  private let tag: UInt64

  /// `size` is rounded up to a multiple of 8.
  init(variables: Int, size: Int) {
    self.variables = variables
    top = variables
    tag = Scratch.tag
    bytes = [UInt8](repeating: 0, count: variables + (size + 7) / 8 * 8)
  }

  /// The global variables' memory.
  init(globals: Int) {
    variables = globals
    top = globals
    tag = Scratch.globalTag
    bytes = [UInt8](repeating: 0, count: globals)
  }

  mutating func reset() {
    top = variables
    if variables > 0 { zero(0, variables) }
  }

  func holds(_ address: UInt64) -> Bool { address & Scratch.mask == tag }

  private mutating func zero(_ start: Int, _ count: Int) {
    var span = bytes.mutableSpan
    var raw = MutableRawSpan(_elements: &span)
    raw.zero(start, count)
  }

  /// The address of `size` zeroed bytes, or nil when there is no room.
  mutating func allocate(_ size: UInt64) -> UInt64? {
    guard size <= UInt64(bytes.count - top) else { return nil }
    let taken = (Int(size) + 7) & ~7
    guard taken <= bytes.count - top else { return nil }
    let start = top
    top += taken
    zero(start, taken)
    return tag | UInt64(start)
  }

  /// The offset of `count` bytes at the address, nil when they are not allocated scratch memory.
  @inline(__always)
  func offset(_ address: UInt64, count: Int) -> Int? {
    guard holds(address) else { return nil }
    let offset = Int(truncatingIfNeeded: address & ~Scratch.mask)
    guard offset <= top, count <= top &- offset else { return nil }
    return offset
  }

  /// Appends the allocated bytes from the address on, at most `count`.
  func append(_ address: UInt64, atMost count: Int, to out: inout [UInt8]) {
    let offset = min(Int(truncatingIfNeeded: address & ~Scratch.mask), top)
    out.append(contentsOf: bytes[offset..<offset + min(count, top - offset)])
  }

  func load(_ offset: Int, _ width: Width) -> UInt64 { RawSpan(_elements: bytes.span).integer(at: offset, width) }

  mutating func store(_ value: UInt64, _ offset: Int, _ width: Width) {
    var span = bytes.mutableSpan
    var raw = MutableRawSpan(_elements: &span)
    raw.store(value, at: offset, width)
  }

  mutating func copy(_ source: [UInt8], to offset: Int) {
    for index in source.indices { bytes[offset + index] = source[index] }
  }

  mutating func copy(_ texts: TextStore, _ text: Int, to offset: Int) {
    let view = texts.view(text)
    for index in 0..<view.byteCount { bytes[offset + index] = view.byte(at: index) }
  }

  /// The text, cut to `capacity` with its NUL, and zeros up to there.
  mutating func set(_ texts: TextStore, _ text: Int, at offset: Int, capacity: Int) {
    let view = texts.view(text)
    for index in 0..<capacity {
      bytes[offset + index] = index < min(view.byteCount, capacity - 1) ? view.byte(at: index) : 0
    }
  }

  /// Words that hold what lies at the offset, from `start` on.
  mutating func set(_ words: [UInt64], from start: Int, at offset: Int, count: Int) {
    for index in 0..<count {
      bytes[offset + index] = UInt8(truncatingIfNeeded: words[start + index / 8] >> UInt64(index % 8 * 8))
    }
  }

  mutating func clear(at offset: Int, count: Int) { zero(offset, count) }

  /// `count` bytes from the offset as words.
  func words(at offset: Int, count: Int) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (count + 7) / 8)
    for index in 0..<count { words[index / 8] |= UInt64(bytes[offset + index]) << UInt64(index % 8 * 8) }
    return words
  }
}

extension RawSpan {
  /// A little-endian integer of the width, zero-extended.
  @inline(__always)
  func integer(at offset: Int, _ width: Width) -> UInt64 {
    switch width {
    case .byte: UInt64(byte(at: offset))
    case .half: UInt64(littleEndian(UInt16.self, at: offset))
    case .word: UInt64(littleEndian(UInt32.self, at: offset))
    case .double: littleEndian(UInt64.self, at: offset)
    }
  }
}

extension MutableRawSpan {
  /// The low bytes of the value, little-endian.
  @inline(__always)
  mutating func store(_ value: UInt64, at offset: Int, _ width: Width) {
    switch width {
    case .byte: storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: offset, as: UInt8.self)
    case .half: storeBytes(of: UInt16(truncatingIfNeeded: value).littleEndian, toByteOffset: offset, as: UInt16.self)
    case .word: storeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian, toByteOffset: offset, as: UInt32.self)
    case .double: storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
    }
  }

  /// Zeroes `count` bytes from `start` on.
  mutating func zero(_ start: Int, _ count: Int) {
    let end = start &+ count
    var at = start
    while at &+ 8 <= end {
      storeBytes(of: 0, toByteOffset: at, as: UInt64.self)
      at &+= 8
    }
    while at < end {
      storeBytes(of: 0, toByteOffset: at, as: UInt8.self)
      at &+= 1
    }
  }
}
