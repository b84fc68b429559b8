import Bytes
import IR

// A value where it lies, in a record or in a key. Callers have made sure that the bytes reach as far as the slot does.

extension RawSpan {
  /// The integer's bits, zero-extended; 0 for what is no integer.
  func bits(_ slot: Slot) -> UInt64 {
    switch slot.size {
    case 8: littleEndian(UInt64.self, at: slot.offset)
    case 4: UInt64(littleEndian(UInt32.self, at: slot.offset))
    case 2: UInt64(littleEndian(UInt16.self, at: slot.offset))
    case 1: UInt64(byte(at: slot.offset))
    default: 0
    }
  }

  /// The integer's bits, sign-extended.
  func signed(_ slot: Slot) -> Int64 {
    switch slot.size {
    case 8: Int64(bitPattern: bits(slot))
    case 4: Int64(Int32(truncatingIfNeeded: bits(slot)))
    case 2: Int64(Int16(truncatingIfNeeded: bits(slot)))
    default: Int64(Int8(truncatingIfNeeded: bits(slot)))
    }
  }

  /// The integer, extended as its type says.
  func integer(_ slot: Slot) -> Int64 {
    slot.kind == .signed ? signed(slot) : Int64(bitPattern: bits(slot))
  }

  /// The bytes of a text before its NUL.
  func text(_ slot: Slot) -> Range<Int> {
    var end = slot.offset
    let limit = slot.offset + slot.size
    while end < limit, byte(at: end) != 0 { end += 1 }
    return slot.offset..<end
  }

  /// A text as it is up to its NUL.
  func string(_ slot: Slot) -> String { String(decoding: copy(text(slot)), as: UTF8.self) }

  /// Where the value of a symbol action or a `%A` lies: pid and address, eight bytes each.
  func userAddress(_ slot: Slot) -> (pid: UInt32, address: UInt64)? {
    guard slot.size >= 16 else { return nil }
    return (
      UInt32(truncatingIfNeeded: littleEndian(UInt64.self, at: slot.offset)),
      littleEndian(UInt64.self, at: slot.offset + 8)
    )
  }
}

extension [UInt8] {
  mutating func put(_ bytes: RawSpan, _ range: Range<Int>) {
    append(addingCapacity: range.count) { span in
      for index in range { span.append(bytes.byte(at: index)) }
    }
  }
}
