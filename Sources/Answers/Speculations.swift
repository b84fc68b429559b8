import Bytes

/// Records that wait for commit() or discard(), by the number that speculation() gave.
struct Speculations {
  private var records: [UInt64: [[UInt8]]] = [:]
  private var size = 0
  /// Bytes that all may hold together.
  var limit = 0

  /// Keeps a copy; false when there is no room. Number 0 is no speculation: speculation() found none free.
  mutating func keep(_ record: RawSpan, of speculation: UInt64) -> Bool {
    if speculation == 0 || size + record.byteCount > limit { return false }
    records[speculation, default: []].append(record.copy(0..<record.byteCount))
    size += record.byteCount
    return true
  }

  /// The records of a speculation, which is free again.
  mutating func take(_ speculation: UInt64) -> [[UInt8]] {
    let taken = records.removeValue(forKey: speculation) ?? []
    for record in taken { size -= record.count }
    return taken
  }
}
