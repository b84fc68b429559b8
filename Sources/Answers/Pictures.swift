import Bytes
import IR

/// How the entries of one aggregation print where each takes a line with a picture: `agghist` and `aggpack` (libdtrace
/// `dt_consume.c`, `dt_print_quanthdr`, `dt_print_quanthdr_packed`). It depends on all of them.
struct Pictures {
  private enum Kind {
    case histogram(Bars)
    /// The buckets that are shown, and what stands before and after them.
    case packed(ClosedRange<Int>, first: Label, last: Label)
  }
  private struct Label {
    var text: String
    var width: Int
  }
  private let kind: Kind
  private let options: PrintOptions

  /// Nil when these values print as numbers or as whole pictures.
  init?(_ values: [AggregateValue], of function: Aggregation.Function, _ options: PrintOptions) {
    self.options = options
    switch function {
    case .count, .sum, .average, .standardDeviation:
      guard options.histogram else { return nil }
      kind = .histogram(Bars(values.map(\.plainNumber), isRounded: true, options))
    case .quantize:
      guard options.packed else { return nil }
      let window = Self.window(values)
      func label(_ bucket: Int) -> Label {
        let text = String(Distribution.powerOfTwo(bucket))
        return Label(text: text, width: max(4, text.utf8.count))
      }
      kind = .packed(window, first: label(window.lowerBound), last: label(window.upperBound))
    case .linear(let low, _, let step):
      guard options.packed else { return nil }
      let levels = function.words - 2
      kind = .packed(
        0...levels + 1, first: Label(text: "< \(low)", width: 7),
        last: Label(text: ">= \(low &+ Int64(levels) &* step)", width: 8))
    case .minimum, .maximum, .logLinear: return nil
    }
  }

  /// The buckets of quantize() from the first to the last that any entry has, and one on either side; never one below zero's.
  private static func window(_ values: [AggregateValue]) -> ClosedRange<Int> {
    var (first, last) = (Int.max, 0)
    for value in values {
      // An entry that has nothing counts as if it had something at zero.
      first = min(first, value.words.firstIndex { $0 != 0 } ?? 63)
      last = max(last, value.words.lastIndex { $0 != 0 } ?? 63)
    }
    if first > last { (first, last) = (63, 63) }
    return (first == 0 || first == 63 ? first : first - 1)...min(126, last + 1)
  }

  /// The line above the entries; `keyWidth` is that of all parts of a key.
  func putHeader(keyWidth: Int, into output: inout [UInt8]) {
    func put(right text: String, _ width: Int) {
      output.put(blanks: width - text.utf8.count)
      output.put(text)
    }
    output.append(UInt8(ascii: "\n"))
    switch kind {
    case .histogram:
      put(right: keyWidth > 0 ? "key" : "value", keyWidth > 0 ? keyWidth : 16)
      output.put("  ------------- Distribution ------------- count    \n")
    case .packed(let window, let first, let last):
      put(right: keyWidth > 0 ? "key" : "", keyWidth)
      output.put(" ")
      put(right: "min", first.width)
      output.put(" .")
      output.put(UInt8(ascii: "-"), times: window.count)
      output.put(". max")
      output.put(blanks: last.width - 3)
      output.put(" | count\n")
    }
  }

  /// An entry's picture and the end of its line; its key stands before it.
  func put(_ value: AggregateValue, into output: inout [UInt8]) {
    switch kind {
    case .histogram(let bars):
      output.append(UInt8(ascii: " "))
      bars.put(value.plainNumber, normal: value.normal, into: &output)
    case .packed(let window, let first, let last):
      let counts = window.map { Int64(bitPattern: value.words[$0]) }
      // The label of lquantize() has its blank inside.
      let isRange = first.text.hasPrefix("<")
      output.put(blanks: (isRange ? 8 : 1 + first.width) - first.text.utf8.count)
      output.put(first.text)
      output.put(" :")
      let bars = Bars(counts, options)
      for count in counts { bars.putPacked(count, into: &output) }
      output.put(": ")
      output.put(last.text)
      output.put(blanks: last.width - last.text.utf8.count)
      output.put(" | ")
      output.put(decimal: counts.reduce(0, &+))
      output.append(UInt8(ascii: "\n"))
    }
  }
}

extension Renderer {
  /// A part of a key beside a picture: to the right, where the default format has it to the left.
  mutating func putNarrowKey(_ slot: Slot, _ bytes: RawSpan, into output: inout [UInt8]) {
    let start = output.count
    switch slot.kind {
    case .text: output.put(bytes, bytes.text(slot))
    case .symbol: output.append(contentsOf: symbol(slot, bytes))
    default: return putKey(slot, bytes, into: &output)
    }
    let missing = slot.narrowWidth - (output.count - start)
    output.insert(contentsOf: repeatElement(UInt8(ascii: " "), count: max(1, missing)), at: start)
  }
}

extension Slot {
  /// The columns that `putNarrowKey` gives a part of a key.
  var narrowWidth: Int {
    switch kind {
    case .text, .symbol: 17
    case .address: 52
    case .kernelStack, .userStack: 0
    default: integerWidth + 1
    }
  }

  /// The columns of a number in the default format, by its size.
  var integerWidth: Int {
    switch size {
    case 8: 16
    case 4: 8
    case 2: 5
    default: 3
    }
  }
}
