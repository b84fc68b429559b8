import Bytes

/// Records that wait for commit() or discard(), by the tickets of their speculations (`Step.speculate`): the number in the low 16
/// bits, above it how many times the number was given.
struct Speculations {
  private var records: [UInt64: [[UInt8]]] = [:]
  private var size = 0
  /// Of each number, the last ticket that was committed or discarded.
  private var concluded: [UInt64: UInt64] = [:]
  /// Bytes that all may hold together.
  var limit = 0

  /// Keeps a copy; false when there is no room, or the speculation is over: another CPU recorded for it while this one was
  /// committing it.
  mutating func keep(_ record: RawSpan, of ticket: UInt64) -> Bool {
    if ticket == 0 || isConcluded(ticket) || size + record.byteCount > limit { return false }
    records[ticket, default: []].append(record.copy(0..<record.byteCount))
    size += record.byteCount
    return true
  }

  func isConcluded(_ ticket: UInt64) -> Bool { (concluded[ticket & 0xffff] ?? 0) >= ticket }

  /// The records of a speculation, which is over.
  mutating func take(_ ticket: UInt64) -> [[UInt8]] {
    let taken = records.removeValue(forKey: ticket) ?? []
    for record in taken { size -= record.count }
    concluded[ticket & 0xffff] = max(ticket, concluded[ticket & 0xffff] ?? 0)
    return taken
  }
}
