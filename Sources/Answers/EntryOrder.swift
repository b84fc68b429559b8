import Bytes
import IR

/// What an entry's value weighs when values are compared.
struct Weight: Comparable {
  /// The number; for a distribution the sum of its buckets' values times their counts, in 128 bits and wrapping.
  var main: Int128
  /// Of distributions, the count about zero.
  var zero: Int64 = 0

  static func < (a: Weight, b: Weight) -> Bool { a.main != b.main ? a.main < b.main : a.zero < b.zero }

  init(_ value: AggregateValue) {
    switch value.function {
    case .standardDeviation: main = Int128(value.standardDeviation)
    case .quantize:
      main = Self.sum(value) { Distribution.powerOfTwo($0) }
      zero = Int64(bitPattern: value.words[63])
    case .linear(let low, _, let step):
      let levels = value.words.count - 2
      let end = low &+ Int64(levels) &* step
      // The buckets outside count as one off the ends.
      func bound(_ index: Int) -> Int64 {
        index == 0 ? low &- 1 : index == levels + 1 ? end &+ 1 : low &+ Int64(index - 1) &* step
      }
      main = Self.sum(value, bound)
      if let index = value.words.indices.first(where: { bound($0) == 0 }) {
        zero = Int64(bitPattern: value.words[index])
      }
    case .logLinear(let factor, let low, let high, let steps):
      let bounds = Aggregation.Function.logLinearBounds(factor: factor, low: low, high: high, steps: steps)
      main = Self.sum(value) { bounds.indices.contains($0) ? bounds[$0] ?? 0 : 0 }
      let middle = Aggregation.Function.logLinearZeroBucket(factor: factor, low: low, high: high, steps: steps)
      if value.words.indices.contains(middle) { zero = Int64(bitPattern: value.words[middle]) }
    default: main = Int128(value.number)
    }
  }

  private static func sum(_ value: AggregateValue, _ bound: (Int) -> Int64) -> Int128 {
    var sum: Int128 = 0
    for (index, word) in value.words.enumerated() where word != 0 {
      sum &+= Int128(bound(index)) &* Int128(Int64(bitPattern: word))
    }
    return sum
  }
}

/// The order of keys: part by part from the position that the options name, round to the one before it.
struct KeyOrder {
  let slots: [Slot]
  let position: Int
  let symbols: [[UInt8]]

  init(_ slots: [Slot], position: Int, symbols: [[UInt8]]) {
    self.slots = slots
    self.position = slots.indices.contains(position) ? position : 0
    self.symbols = symbols
  }

  /// Less than 0, 0 or more, as strcmp. Numbers are compared without their sign: -1 is greater than 1, as in dtrace.
  func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
    let left = RawSpan(_elements: a.span)
    let right = RawSpan(_elements: b.span)
    for index in slots.indices {
      let slot = slots[(index + position) % slots.count]
      let order: Int
      switch slot.kind {
      case .signed, .unsigned: order = Self.compare(left.bits(slot), right.bits(slot))
      case .address, .kernelStack, .userStack: order = Self.compareWords(left, right, slot)
      case .symbol: order = compare(names: left.bits(slot), right.bits(slot))
      default:
        let (x, y) = (left.text(slot), right.text(slot))
        order = Self.compare(left, x, right, y)
      }
      if order != 0 { return order }
    }
    // NULL stands behind the empty text, wherever the entries come from.
    for (x, y) in zip(a, b) where x != y { return x < y ? -1 : 1 }
    return 0
  }

  private static func compareWords(_ a: RawSpan, _ b: RawSpan, _ slot: Slot) -> Int {
    for offset in stride(from: slot.offset, to: slot.offset + slot.size, by: 8) {
      let order = compare(a.littleEndian(UInt64.self, at: offset), b.littleEndian(UInt64.self, at: offset))
      if order != 0 { return order }
    }
    return 0
  }

  private static func compare(_ a: UInt64, _ b: UInt64) -> Int { a < b ? -1 : a > b ? 1 : 0 }

  private static func compare(_ a: RawSpan, _ x: Range<Int>, _ b: RawSpan, _ y: Range<Int>) -> Int {
    for index in 0..<min(x.count, y.count) {
      let (left, right) = (a.byte(at: x.lowerBound + index), b.byte(at: y.lowerBound + index))
      if left != right { return left < right ? -1 : 1 }
    }
    return x.count - y.count
  }

  private func compare(names a: UInt64, _ b: UInt64) -> Int {
    if a == b { return 0 }
    let left = a < UInt64(symbols.count) ? symbols[Int(a)] : []
    let right = b < UInt64(symbols.count) ? symbols[Int(b)] : []
    return Self.compare(
      RawSpan(_elements: left.span), 0..<left.count, RawSpan(_elements: right.span), 0..<right.count)
  }
}
