/// Values out of bytes, one after the other.
struct ByteCursor {
  let bytes: [UInt8]
  var index = 0
  var end: Int

  init(bytes: [UInt8]) {
    self.bytes = bytes
    end = bytes.count
  }

  var isAtEnd: Bool { index >= end }

  mutating func byte() throws(EventCodecError) -> UInt8 {
    guard index < end else { throw .truncated }
    index += 1
    return bytes[index - 1]
  }

  mutating func unsigned() throws(EventCodecError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      // The tenth byte holds the highest bit and nothing else.
      guard shift < 63 || next <= 1 else { throw .value(field: "number", UInt64(next)) }
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
      shift += 7
      guard shift <= 63 else { throw .value(field: "number", value) }
    }
  }

  mutating func signed() throws(EventCodecError) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A number that fits T.
  mutating func number<T: FixedWidthInteger>(_: T.Type, _ field: String) throws(EventCodecError) -> T {
    if T.isSigned {
      let value = try signed()
      guard let number = T(exactly: value) else { throw .value(field: field, UInt64(bitPattern: value)) }
      return number
    }
    let value = try unsigned()
    guard let number = T(exactly: value) else { throw .value(field: field, value) }
    return number
  }

  mutating func flag(_ field: String) throws(EventCodecError) -> Bool {
    let value = try byte()
    guard value <= 1 else { throw .value(field: field, UInt64(value)) }
    return value == 1
  }

  mutating func fixed(_ count: Int) throws(EventCodecError) -> ArraySlice<UInt8> {
    guard count <= end - index else { throw .truncated }
    index += count
    return bytes[index - count..<index]
  }

  mutating func counted() throws(EventCodecError) -> [UInt8] {
    let count = try unsigned()
    guard count <= UInt64(end - index) else { throw .truncated }
    return Array(try fixed(Int(count)))
  }

  /// How many values follow. Each takes a byte or more, so that a lie ends at the end of the bytes.
  mutating func count() throws(EventCodecError) -> Int {
    let count = try unsigned()
    guard count <= EventKind.mostValues else { throw .value(field: "count", count) }
    guard count <= UInt64(end - index) else { throw .truncated }
    return Int(count)
  }

  mutating func bigEndian<T: FixedWidthInteger>(_: T.Type) throws(EventCodecError) -> T {
    try fixed(T.bitWidth / 8).reduce(0) { $0 << 8 | T($1) }
  }
}
