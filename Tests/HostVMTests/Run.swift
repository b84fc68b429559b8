import Bytes
import HostVM
import IR
import Support

/// What came out of a machine: the records, whole.
struct Records {
  var all: [[UInt8]] = []

  /// The integer of a field of the only, or of the given, record.
  func integer(_ layout: RecordLayout, _ item: Int, _ field: Int, record: Int = 0) -> Int64 {
    let field = layout.items[item].fields[field]
    var value: UInt64 = 0
    for byte in (0..<min(8, field.size)).reversed() { value = value << 8 | UInt64(all[record][field.offset + byte]) }
    guard case .value(.integer(let width, let signed)) = field.kind, signed else { return Int64(bitPattern: value) }
    let shift = 64 - 8 * Int64(width.rawValue)
    return (Int64(bitPattern: value) << shift) >> shift
  }

  /// The text of a field.
  func text(_ layout: RecordLayout, _ item: Int, _ field: Int, record: Int = 0) -> String {
    let field = layout.items[item].fields[field]
    let bytes = all[record][field.offset..<field.offset + field.size].prefix { $0 != 0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Machine {
  /// Fires a probe and keeps the records.
  mutating func fire(_ probe: Int = 0, _ firing: Firing = Firing()) -> Records {
    var records = Records()
    fire(probe, firing) { records.all.append($0.copy(0..<$0.byteCount)) }
    return records
  }
}

/// A machine whose hash and random numbers are always the same.
func machine(_ builder: ProgramBuilder) throws -> Machine { try Machine(builder.program, seed: 7) }

let int64 = Storage.integer(.double, signed: true)

/// Builds one clause that traces the values `body` returns, fires it once, and gives them back.
func trace(_ firing: Firing = Firing(), _ body: (inout ClauseBuilder) -> [Operand]) throws -> [Int64] {
  var builder = ProgramBuilder()
  let probe = builder.probe("test:::", .packet)
  builder.clause(on: probe) { clause in
    for value in body(&clause) { clause.record(.trace, (value, int64)) }
  }
  var machine = try machine(builder)
  let records = machine.fire(probe, firing)
  let layout = builder.program.clauses[0].record
  guard records.all.count == 1, records.all[0][0] == 0 else { return [] }
  return layout.items.indices.map { records.integer(layout, $0, 0) }
}

/// The same for texts of 64 bytes.
func traceTexts(_ firing: Firing = Firing(), _ body: (inout ClauseBuilder) -> [Operand]) throws -> [String] {
  var builder = ProgramBuilder()
  let probe = builder.probe("test:::", .packet)
  builder.clause(on: probe) { clause in
    for value in body(&clause) { clause.record(.trace, (value, .text(64))) }
  }
  var machine = try machine(builder)
  let records = machine.fire(probe, firing)
  let layout = builder.program.clauses[0].record
  guard records.all.count == 1, records.all[0][0] == 0 else { return [] }
  return layout.items.indices.map { records.text(layout, $0, 0) }
}

/// Memory with one stretch of bytes at an address, user or kernel.
struct TestMemory: MemoryReader {
  var address: UInt64
  var bytes: [UInt8]
  var space: Space

  func read(_ count: Int, at address: UInt64, in space: Space, into bytes: inout [UInt8]) {
    guard space == self.space, address >= self.address, address - self.address < UInt64(self.bytes.count) else {
      return
    }
    bytes += self.bytes.dropFirst(Int(address - self.address)).prefix(count)
  }
}
