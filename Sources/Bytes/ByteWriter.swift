/// Bytes that grow at the end; integers are written in the byte order that the method names.
package struct ByteWriter: Sendable {
  package var bytes: [UInt8]

  package init(capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// Bytes written so far.
  package var count: Int { bytes.count }

  package mutating func byte(_ value: UInt8) { bytes.append(value) }

  package mutating func littleEndian<T: FixedWidthInteger>(_ value: T) {
    var rest = value
    for _ in 0..<(T.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      if T.bitWidth > 8 { rest >>= 8 }
    }
  }

  package mutating func bigEndian<T: FixedWidthInteger>(_ value: T) { littleEndian(value.byteSwapped) }

  package mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  package mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Zero bytes until the count is a multiple of `alignment`.
  package mutating func pad(to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }
}
