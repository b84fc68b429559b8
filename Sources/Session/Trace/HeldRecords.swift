import Bytes
import DSemantics
import IR

/// Records that are not printed before the run is over (guide, "Buffers and Buffering"): with `bufpolicy=ring` the last of each CPU,
/// with `fill` the first, until one CPU's no longer fit, which ends the run.
///
/// `bufsize` is what each CPU has, and a record takes of it what it takes of DTrace's own buffers (`RecordLayout.principalSize`). What a
/// ring's younger records push out is not a drop: it is what was asked for. What is committed takes the committing CPU's room.
struct HeldRecords {
  private struct Held {
    var bytes: [UInt8]
    var clause: Int
    var size: Int
    /// Whether it waited for its speculation, which was committed.
    var isCommitted: Bool
    /// Its place among all that came, which is the order of time.
    var number: UInt64
  }

  /// One CPU's: those from `first` on are held.
  private struct Buffer {
    var records: [Held] = []
    var first = 0
    var size = 0

    mutating func removeFirst() -> [UInt8] {
      size -= records[first].size
      let bytes = records[first].bytes
      records[first].bytes = []
      first += 1
      if first > 1024, first > records.count / 2 {
        records.removeFirst(first)
        first = 0
      }
      return bytes
    }
  }

  private let isRing: Bool
  private let capacity: Int
  private let sizes: [Int]
  /// Whether the records of a clause have more to them than lines (`RecordLayout.controls`).
  private let controls: [Bool]
  private var buffers: [UInt32: Buffer] = [:]
  private var count: UInt64 = 0

  /// Nil when records are printed as they come.
  init?(_ options: Options, _ program: IR.Program) {
    guard options.bufferPolicy != .switching else { return nil }
    isRing = options.bufferPolicy == .ring
    capacity = options.bufferSize
    sizes = program.clauses.map { $0.record.principalSize(stringSize: options.stringSize) }
    controls = program.clauses.map(\.record.controls)
  }

  /// Holds a record of one of the program's clauses.
  /// - Returns: what it pushed out that must not be lost, the oldest first; nil when the buffer of its CPU is full.
  mutating func hold(_ record: RawSpan, clause: Int, cpu: UInt32, isCommitted: Bool = false) -> [[UInt8]]? {
    let size = sizes[clause]
    var buffer = buffers.removeValue(forKey: cpu) ?? Buffer()
    defer { buffers[cpu] = buffer }
    var pushedOut: [[UInt8]] = []
    while isRing, buffer.size + size > capacity, buffer.first < buffer.records.count {
      let isNeeded = controls[buffer.records[buffer.first].clause]
      let bytes = buffer.removeFirst()
      if isNeeded { pushedOut.append(bytes) }
    }
    guard buffer.size + size <= capacity else { return nil }
    var bytes: [UInt8] = []
    bytes.append(copying: record)
    buffer.records.append(Held(bytes: bytes, clause: clause, size: size, isCommitted: isCommitted, number: count))
    buffer.size += size
    count += 1
    return pushedOut
  }

  /// All that are held, in the order of time; none are held afterwards.
  mutating func release() -> [(bytes: [UInt8], isCommitted: Bool)] {
    defer { buffers = [:] }
    return buffers.values.flatMap { $0.records[$0.first...] }.sorted { $0.number < $1.number }
      .map { ($0.bytes, $0.isCommitted) }
  }
}
