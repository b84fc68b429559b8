// Borrowed bytes to integers. Every load is checked against the span; on -O the checks merge with the caller's guard.

extension RawSpan {
  /// The integer in network byte order at `offset`; traps when it leaves the span.
  @inlinable @inline(__always)
  package func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at offset: Int) -> T {
    // Safe: every bit pattern is a T, and the load traps when offset..<offset+size leaves the span.
    T(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The integer in little-endian byte order at `offset`; traps when it leaves the span.
  @inlinable @inline(__always)
  package func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at offset: Int) -> T {
    // Safe: as above.
    T(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The byte at `offset`; traps when it leaves the span.
  @inlinable @inline(__always)
  package func byte(at offset: Int) -> UInt8 {
    // Safe: as above.
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
  }

  /// A copy of the bytes in `range`; traps when it leaves the span.
  @inlinable
  package func copy(_ range: Range<Int>) -> [UInt8] {
    // Safe: the pointer is used within the call, while the span is borrowed.
    unsafe extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// The bytes from `offset` up to the first NUL, or up to `limit` bytes or the end of the span, whichever comes first.
  @inlinable
  package func text(at offset: Int, limit: Int) -> [UInt8] {
    var end = offset
    let stop = Swift.min(offset + limit, byteCount)
    while end < stop, byte(at: end) != 0 { end += 1 }
    return copy(offset..<end)
  }
}

extension [UInt8] {
  /// Appends the bytes of a span.
  @inlinable
  package mutating func append(_ span: RawSpan) {
    // Safe: the pointer is used only while the span is borrowed.
    unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
