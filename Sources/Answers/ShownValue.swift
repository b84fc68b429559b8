import Bytes
import IR

/// What print() writes of a value that is no pointer's target: the type, then the value as C would write it (illumos
/// `dt_print.c`). Numbers are hexadecimal, arrays of characters texts where they look like one.
struct ShownValue: ~Escapable {
  private let bytes: RawSpan

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  func put(_ type: PrintedType, into output: inout [UInt8]) {
    output.put(type.shownName)
    output.append(UInt8(ascii: " "))
    put(type, at: 0, bits: nil, depth: 0, isMember: false, into: &output)
    // Behind a structure's last brace illumos ends no line.
    if case .record = type.kind { return }
    output.append(UInt8(ascii: "\n"))
  }

  /// The value alone; `depth` is that of the line on which it begins.
  private func put(
    _ type: PrintedType, at bitOffset: Int, bits: Int?, depth: Int, isMember: Bool, into output: inout [UInt8]
  ) {
    let value = bytes.bits(at: bitOffset, count: bits ?? type.size * 8)
    switch type.kind {
    case .integer, .pointer: put(hexadecimal: value, into: &output)
    case .character where bits == nil: put(character: UInt8(truncatingIfNeeded: value), into: &output)
    case .character: put(hexadecimal: value, into: &output)
    case .enumeration(let names):
      let number = Int64(Int32(truncatingIfNeeded: value))
      output.put(names[number] ?? String(number))
    case .array(let element, let count):
      putArray(of: element, count, at: bitOffset, depth: depth, isMember: isMember, into: &output)
    case .record(let members):
      output.put("{\n")
      for member in members {
        output.put(blanks: 4 * (depth + 1))
        output.put(member.type.shownName)
        if member.type.shownName.last != "*", !member.name.isEmpty { output.append(UInt8(ascii: " ")) }
        output.put(member.name)
        if let width = member.bitWidth { output.put(" :\(width)") }
        output.put(member.name.isEmpty ? " " : " = ")
        put(
          member.type, at: bitOffset + member.bitOffset, bits: member.bitWidth, depth: depth + 1, isMember: true,
          into: &output)
        output.append(UInt8(ascii: "\n"))
      }
      output.put(blanks: 4 * depth)
      output.append(UInt8(ascii: "}"))
    case .other: output.put("...")
    }
  }

  /// A text stands in brackets only where it is a member.
  private func putArray(
    of element: PrintedType, _ count: Int, at bitOffset: Int, depth: Int, isMember: Bool, into output: inout [UInt8]
  ) {
    if let text = text(of: element, count, at: bitOffset) {
      output.put(isMember ? "[ \"" : "\"")
      output.append(contentsOf: text)
      output.put(isMember ? "\" ]" : "\"")
      return
    }
    let isRecord = if case .record = element.kind { true } else { false }
    output.put("[ ")
    for index in 0..<count {
      if isRecord {
        output.append(UInt8(ascii: "\n"))
        output.put(blanks: 4 * (depth + 1))
        output.put(element.shownName + " ")
      }
      put(
        element, at: bitOffset + index * element.size * 8, bits: nil, depth: depth + 1, isMember: false, into: &output)
      if index < count - 1 { output.put(", ") }
    }
    if isRecord {
      output.append(UInt8(ascii: "\n"))
      output.put(blanks: 4 * depth)
    } else {
      output.append(UInt8(ascii: " "))
    }
    output.append(UInt8(ascii: "]"))
  }

  /// Printable characters up to a NUL.
  private func text(of element: PrintedType, _ count: Int, at bitOffset: Int) -> [UInt8]? {
    guard element.kind == .character else { return nil }
    var text: [UInt8] = []
    for index in 0..<count {
      let byte = UInt8(truncatingIfNeeded: bytes.bits(at: bitOffset + 8 * index, count: 8))
      if byte == 0 { return text }
      guard (0x20...0x7e).contains(byte) else { return nil }
      text.append(byte)
    }
    return nil
  }

  private func put(hexadecimal value: UInt64, into output: inout [UInt8]) {
    var shape = Shape()
    shape.flags = .alternate
    output.put(hexadecimal: value, uppercase: false, shape)
  }

  private func put(character byte: UInt8, into output: inout [UInt8]) {
    output.append(UInt8(ascii: "'"))
    switch byte {
    case 0: output.put("\\0")
    case 0x20...0x7e: output.append(byte)
    default:
      output.append(UInt8(ascii: "\\"))
      for shift in [6, 3, 0] as [UInt8] { output.append(UInt8(ascii: "0") + (byte >> shift & 7)) }
    }
    output.append(UInt8(ascii: "'"))
  }
}

extension PrintedType {
  fileprivate var shownName: String { alias ?? name }
}

extension RawSpan {
  /// Up to 64 bits from a place in bits, the lowest first; zeros where there are no bytes.
  func bits(at place: Int, count: Int) -> UInt64 {
    var value: UInt64 = 0
    for bit in 0..<Swift.min(64, Swift.max(0, count)) {
      let index = (place + bit) / 8
      if index < byteCount, byte(at: index) >> UInt8((place + bit) % 8) & 1 != 0 { value |= 1 << UInt64(bit) }
    }
    return value
  }
}

extension Renderer {
  /// A value that is put together from slots of a record, each at its place.
  func put(
    _ type: PrintedType?, size: Int, _ parts: [(place: Range<Int>, slot: Slot)], _ record: RawSpan,
    into output: inout [UInt8]
  ) {
    var value = [UInt8](repeating: 0, count: size)
    for (place, slot) in parts where place.upperBound <= size {
      let bytes: [UInt8]
      switch slot.kind {
      case .symbol: bytes = symbol(slot, record)
      case .text: bytes = record.copy(record.text(slot))
      default: bytes = record.copy(slot.offset..<slot.offset + slot.size)
      }
      let count = min(bytes.count, place.count)
      value.replaceSubrange(place.prefix(count), with: bytes.prefix(count))
    }
    let span = RawSpan(_elements: value.span)
    guard let type else { return output.put(dump: span, 0..<size) }
    ShownValue(span).put(type, into: &output)
  }
}
