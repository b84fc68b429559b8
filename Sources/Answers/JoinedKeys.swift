import Bytes
import IR

/// The keys of aggregations that are printed together, which lie as each has them: texts of one length here and of another there, names
/// as numbers or as texts. Joined, equal keys are equal bytes.
struct JoinedKeys {
  /// Where the parts of a joined key lie.
  let slots: [Slot]
  private let size: Int
  private let parts: [[Slot]]
  private let symbols: [[UInt8]]

  /// - Parameters:
  ///   - keys: the parts of each aggregation's keys, as many in each.
  ///   - symbols: `Program.symbols`, in UTF-8.
  init(_ keys: [[Slot]], symbols: [[UInt8]]) {
    parts = keys
    self.symbols = symbols
    let longest = symbols.reduce(0) { max($0, $1.count) } + 1
    var slots: [Slot] = []
    var offset = 0
    for (number, first) in (keys.first ?? []).enumerated() {
      var slot = first
      let all = keys.compactMap { $0.indices.contains(number) ? $0[number] : nil }
      if all.contains(where: { $0.kind == .text }) { slot.kind = .text }
      for one in all { slot.size = max(slot.size, one.kind == .symbol && slot.kind == .text ? longest : one.size) }
      slot.offset = offset
      slots.append(slot)
      offset += (slot.size + 7) / 8 * 8
    }
    self.slots = slots
    size = offset
  }

  /// A key of the aggregation with that number among them.
  func key(_ key: [UInt8], of number: Int) -> [UInt8] {
    var joined = [UInt8](repeating: 0, count: size)
    let bytes = RawSpan(_elements: key.span)
    for (from, to) in zip(parts[number], slots) {
      switch (from.kind, to.kind) {
      case (.signed, _), (.unsigned, _):
        let value = bytes.integer(from)
        for index in 0..<8 { joined[to.offset + index] = UInt8(truncatingIfNeeded: value >> (8 * Int64(index))) }
      case (.symbol, .text):
        let index = bytes.bits(from)
        let name = index < UInt64(symbols.count) ? symbols[Int(index)] : []
        for (place, byte) in name.enumerated() { joined[to.offset + place] = byte }
      default:
        for index in 0..<min(from.size, to.size) { joined[to.offset + index] = bytes.byte(at: from.offset + index) }
      }
    }
    return joined
  }
}
