import Bytes
import IR

/// What print() writes: the address, then the value as C would initialize it, without what is zero.
struct PrintedValue {
  /// The record, and where in it the bytes are that were read.
  private let offset: Int
  /// Bytes that may be shown.
  private let limit: Int
  /// Structures that are shown to their end, by their depth: their braces are closed when something follows, so that the mark of what is
  /// not shown any more stands inside, as dtrace has it.
  private var unclosed: [Int] = []

  /// Blanks before the outermost line.
  private static let indent = 44

  init(offset: Int, limit: Int) {
    self.offset = offset
    self.limit = limit
  }

  mutating func put(_ type: PrintedType, address: UInt64, _ record: RawSpan, into output: inout [UInt8]) {
    output.put("0x")
    output.put(Digits(address, shift: 4, letters: UInt8(ascii: "a")))
    output.put(" = *\n")
    _ = put(type, name: "", at: 0, bits: nil, depth: 0, record, into: &output)
    close(into: &output)
  }

  /// False when the end of what may be shown was met, which ends everything around it too.
  private mutating func put(
    _ type: PrintedType, name: String, at bitOffset: Int, bits: Int?, depth: Int, _ record: RawSpan,
    into output: inout [UInt8]
  ) -> Bool {
    let position = bitOffset / 8
    guard position < limit, depth < PrintedType.deepest else {
      write(depth, "...", into: &output)
      return false
    }
    close(into: &output)
    if depth > 0, isZero(type, bitOffset, bits, record) { return true }
    let head = "\(name.isEmpty ? "" : ".\(name) = ")(\(type.name))"
    func number(signed: Bool) -> UInt64 { value(bitOffset, bits ?? type.size * 8, signed: signed, record) }
    switch type.kind {
    case .integer(let signed):
      let value = number(signed: signed)
      write(depth, head + (signed ? String(Int64(bitPattern: value)) : String(value)) + ",", into: &output)
    case .character:
      output.put(blanks: Self.indent + depth)
      output.put(head + "'")
      output.append(UInt8(truncatingIfNeeded: number(signed: false)))
      output.put("',\n")
    case .pointer: write(depth, head + "0x" + String(number(signed: false), radix: 16) + ",", into: &output)
    case .enumeration(let names):
      let value = Int64(bitPattern: number(signed: true))
      write(depth, head + (names[value] ?? String(value)) + ",", into: &output)
    case .array(let element, let count):
      guard count > 0 else {
        write(depth, head + " [],", into: &output)
        break
      }
      write(depth, head + " [", into: &output)
      for index in 0..<count {
        let place = bitOffset + index * element.size * 8
        // A string ends at its NUL.
        if element.isByte, value(place, 8, signed: false, record) == 0 { break }
        guard put(element, name: "", at: place, bits: nil, depth: depth + 1, record, into: &output) else {
          return false
        }
      }
      close(into: &output)
      write(depth, "],", into: &output)
    case .record(let members):
      write(depth, head + " {", into: &output)
      var isWhole = true
      for member in members where isWhole {
        isWhole = put(
          member.type, name: member.name, at: bitOffset + member.bitOffset, bits: member.bitWidth, depth: depth + 1,
          record, into: &output)
      }
      if !isWhole { close(into: &output) }
      unclosed.append(depth)
      return isWhole
    case .other: break
    }
    return true
  }

  private mutating func close(into output: inout [UInt8]) {
    for depth in unclosed { write(depth, depth > 0 ? "}," : "}", into: &output) }
    unclosed = []
  }

  private func write(_ depth: Int, _ text: String, into output: inout [UInt8]) {
    output.put(blanks: Self.indent + depth)
    output.put(text)
    output.append(UInt8(ascii: "\n"))
  }

  private func byte(_ index: Int, _ record: RawSpan) -> UInt8 {
    offset + index < record.byteCount ? record.byte(at: offset + index) : 0
  }

  /// Up to 64 bits from a place in bits.
  private func value(_ bitOffset: Int, _ width: Int, signed: Bool, _ record: RawSpan) -> UInt64 {
    let width = min(64, max(1, width))
    var value: UInt64 = 0
    for bit in 0..<width where byte((bitOffset + bit) / 8, record) >> UInt8((bitOffset + bit) % 8) & 1 != 0 {
      value |= 1 << UInt64(bit)
    }
    guard signed else { return value }
    let shift = Int64(64 - width)
    return UInt64(bitPattern: Int64(bitPattern: value << UInt64(shift)) >> shift)
  }

  private func isZero(_ type: PrintedType, _ bitOffset: Int, _ bits: Int?, _ record: RawSpan) -> Bool {
    if let bits { return value(bitOffset, bits, signed: false, record) == 0 }
    let start = bitOffset / 8
    return (start..<start + type.size).allSatisfy { byte($0, record) == 0 }
  }
}

extension PrintedType {
  fileprivate var isByte: Bool {
    guard size == 1 else { return false }
    switch kind {
    case .character: return true
    case .integer(let signed): return signed
    default: return false
    }
  }
}
