import Bytes

/// The options of a pcapng block, one after the other: u16 code, u16 length, value padded to 32 bits
/// (draft-ietf-opsawg-pcapng §3.5).
struct OptionList: ~Escapable {
  private let bytes: RawSpan
  private let swapped: Bool
  private var index = 0
  /// True when an option claims more bytes than there are; it and what follows are not read.
  private(set) var damaged = false

  /// `swapped`: the section is big-endian.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, swapped: Bool) {
    self.bytes = bytes
    self.swapped = swapped
  }

  /// The next option's code and where its value lies in the bytes; nil at the end.
  mutating func next() -> (code: UInt16, value: Range<Int>)? {
    guard bytes.byteCount - index >= 4 else {
      damaged = damaged || index != bytes.byteCount
      return nil
    }
    let code = bytes.integer(UInt16.self, at: index, swapped: swapped)
    let count = Int(bytes.integer(UInt16.self, at: index + 2, swapped: swapped))
    guard code != OptionCode.end else { return nil }
    let start = index + 4
    guard count <= bytes.byteCount - start else {
      damaged = true
      return nil
    }
    index = min(start + (count + 3) & ~3, bytes.byteCount)
    return (code, start..<start + count)
  }
}

extension RawSpan {
  /// The integer at `offset` in the byte order of its section; traps when it leaves the span.
  @inline(__always)
  func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at offset: Int, swapped: Bool) -> T {
    swapped ? bigEndian(T.self, at: offset) : littleEndian(T.self, at: offset)
  }

  /// The integer that fills `range` exactly, or nil.
  func value<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, _ range: Range<Int>, swapped: Bool) -> T? {
    range.count == T.bitWidth / 8 ? integer(T.self, at: range.lowerBound, swapped: swapped) : nil
  }
}
