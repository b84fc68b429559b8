import Answers
import BPFCode
import Bytes
import DSemantics
import EngineBench
import HostVM
import IR
import Kernel
import Session
import Support

/// One random script in both engines, from its text to what each printed.
package struct ScriptTrial {
  package enum Outcome: Sendable {
    /// Both answered the same: so many records of data and of faults.
    case same(data: Int, faults: Int)
    /// The compiler does not take it; the tag and the words of the first complaint.
    case refused(String)
    case different(String)
  }

  private let script: RandomScript
  private let stage: KernelStage

  package init(_ script: RandomScript, on stage: KernelStage) {
    self.script = script
    self.stage = stage
  }

  package func outcome() -> Outcome {
    let here: CompiledRow
    do {
      here = try compiled(.host)
    } catch {
      return .refused("\(error)")
    }
    do {
      let there = try compiled(.kernel)
      var host = Player(here, engine: try HostRow(here))
      var kernel = Player(there, engine: try KernelRow(there, on: stage))
      return try play(&host, &kernel)
    } catch let wrong as CompiledRow.Wrong {
      return .different("only the kernel's compilation refuses it: \(wrong)")
    } catch {
      return .different("\(error)")
    }
  }

  private func compiled(_ engine: Engine) throws -> CompiledRow {
    var row = try CompiledRow(script.row, for: engine)
    row.compiled.program.limits.arrayEntries = script.entries
    row.compiled.program.limits.aggregationEntries = script.entries
    row.compiled.program.limits.bufferSize = 1 << 16
    return row
  }

  /// BEGIN, the inputs, END; the first firing whose records differ, or what differs at the end.
  private func play(_ host: inout Player<HostRow>, _ kernel: inout Player<KernelRow>) throws -> Outcome {
    var (data, faults) = (0, 0)
    var inputs = script.inputs
    for (name, place) in [("dtrace:::BEGIN", 0), ("dtrace:::END", inputs.count + 1)] {
      var input = ConformanceInput(probe: name)
      for address in RandomScript.memory { input.memory[address] = "begin and end" }
      inputs.insert(input, at: place)
    }
    var last: UInt64 = 999_999_999
    for (number, input) in inputs.enumerated() {
      let moment = Moment(input, after: last)
      last = moment["timestamp"]
      let here = try host.fire(moment)
      let there = try kernel.fire(moment)
      if here != there {
        return .different("firing \(number) (\(input.probe)): \(Self.difference(here, there))")
      }
      faults += here.count { $0.kind == 1 }
      data += here.count - here.count { $0.kind == 1 }
      if host.printer.exitStatus != nil { break }
    }
    if let found = try differenceAtEnd(&host, &kernel) { return .different(found) }
    return .same(data: data, faults: faults)
  }

  private static func difference(_ here: [ComparedRecord], _ there: [ComparedRecord]) -> String {
    for index in 0..<max(here.count, there.count) {
      let ours = index < here.count ? "\(here[index])" : "nothing"
      let theirs = index < there.count ? "\(there[index])" : "nothing"
      if ours != theirs { return "record \(index): \(ours) here, \(theirs) in the kernel" }
    }
    return "the records"
  }

  private func differenceAtEnd(_ host: inout Player<HostRow>, _ kernel: inout Player<KernelRow>) throws -> String? {
    // First, since what the kernel had no memory for at the moment is missed below.
    let (dropsHere, dropsThere) = (host.engine.drops, try kernel.engine.drops())
    if dropsHere != dropsThere { return "drops: \(dropsHere) here, \(dropsThere) in the kernel" }
    let (ours, theirs) = (try host.variables(), try kernel.variables())
    for (name, value) in ours.sorted(by: { $0.key < $1.key }) {
      if let other = theirs[name], other != value { return "variable \(name): \(value) here, \(other) in the kernel" }
    }
    let (sizes, others) = (host.elementCounts(), try kernel.elementCounts())
    for (name, size) in sizes {
      if let other = others[name], other != size {
        return "array \(name): \(size) elements here, \(other) in the kernel"
      }
    }
    for id in host.row.compiled.program.aggregations.indices {
      let (here, there) = (Set(host.engine.entries(of: id)), Set(kernel.engine.entries(of: id)))
      if here != there {
        let name = host.row.compiled.program.aggregations[id].name
        return "aggregation \(name): \(here.subtracting(there)) here, \(there.subtracting(here)) in the kernel"
      }
    }
    let (printed, other) = (host.finish(), kernel.finish())
    return printed == other ? nil : "output: '\(printed)' here, '\(other)' in the kernel"
  }
}

/// What of a record both engines must agree on: not its time and its CPU, nor what numbers the compilations gave to clauses, probes
/// and steps.
struct ComparedRecord: Equatable, CustomStringConvertible {
  var kind: Int
  /// The clause's number in the text.
  var clause: Int
  var probe: UInt32
  var body: [UInt8]

  init(_ record: [UInt8], of program: IR.Program) {
    kind = record.integer(at: 0, 2)
    let index = record.integer(at: 4, 4)
    clause = program.clauses[index].number
    probe = program.probes[record.integer(at: 20, 4)].id
    body = Array(record.dropFirst(RecordLayout.headerSize))
    // The number of the step that faulted.
    if kind == 1 { for place in 4..<8 { body[place] = 0 } }
  }

  var description: String { "[kind \(kind) clause \(clause) probe \(probe): \(Self.shown(body))]" }

  private static func shown(_ bytes: [UInt8]) -> String {
    var hex = ""
    for byte in bytes.prefix(160) {
      let digits = String(byte, radix: 16)
      hex += digits.count < 2 ? "0" + digits : digits
    }
    let words = bytes.map { (32..<127).contains($0) ? Character(Unicode.Scalar($0)) : "." }
    return hex + " " + String(words.prefix(160))
  }
}

/// One engine with a script's program, and the printer that reads it.
struct Player<Engine: RowEngine> {
  let row: CompiledRow
  var engine: Engine
  var printer: Printer
  private var probes: [String: EnabledProbe.Index] = [:]

  init(_ row: CompiledRow, engine: Engine) {
    self.row = row
    self.engine = engine
    printer = Printer(row.compiled.program, options: PrintOptions(quiet: true))
    let program = row.compiled.program
    for (index, probe) in program.probes.enumerated() {
      let name = ProbePart.allCases.map { program.symbols[probe.parts[Int($0.rawValue)]] }.joined(separator: ":")
      probes[name] = index
      if probe.hook == .begin { probes["dtrace:::BEGIN"] = index }
      if probe.hook == .end { probes["dtrace:::END"] = index }
    }
  }

  /// The index of the probe that an input names; its module is not said there.
  private func probe(_ name: String) -> EnabledProbe.Index? {
    if let index = probes[name] { return index }
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    return probes.first { probe in
      let own = probe.key.split(separator: ":", omittingEmptySubsequences: false)
      return own.count == 4 && own[0] == parts[0] && own[2] == parts[2] && own[3] == parts[3]
    }?.value
  }

  mutating func fire(_ moment: Moment) throws -> [ComparedRecord] {
    guard let probe = probe(moment.input.probe) else { return [] }
    var records: [[UInt8]] = []
    try engine.fire(probe, moment) { records.append($0.copy(0..<$0.byteCount)) }
    for record in records { _ = printer.consume(RawSpan(_elements: record.span), aggregations: &engine) }
    return records.map { ComparedRecord($0, of: row.compiled.program) }
  }

  /// What is printed by the end.
  mutating func finish() -> String {
    printer.finish(aggregations: &engine)
    return String(decoding: printer.output, as: UTF8.self)
  }
}

extension Player<HostRow> {
  func variables() throws -> [String: String] {
    var values: [String: String] = [:]
    for (id, variable) in row.compiled.program.variables.enumerated() where variable.scope == .global {
      values[variable.name] =
        switch variable.storage {
        case .integer: String(engine.machine.integer(id))
        case .text: String(decoding: engine.machine.text(id), as: UTF8.self)
        case .bytes: "\(engine.machine.bytes(id))"
        }
    }
    return values
  }

  func elementCounts() -> [String: Int] {
    var counts: [String: Int] = [:]
    for (id, array) in row.compiled.program.arrays.enumerated() { counts[array.name] = engine.machine.elementCount(id) }
    return counts
  }
}

extension Player<KernelRow> {
  func variables() throws -> [String: String] {
    var values: [String: String] = [:]
    let bench = engine.bench
    guard let globals = bench.emitted.roles.globals else { return values }
    let value = try bench.maps[globals].value(of: [0, 0, 0, 0]) ?? []
    for (id, offset) in bench.emitted.roles.globalOffsets {
      let variable = row.compiled.program.variables[id]
      switch variable.storage {
      case .integer(let width, let signed):
        let shift = 64 - 8 * Int(width.rawValue)
        let bits = value.integer(at: offset, Int(width.rawValue)) << shift
        values[variable.name] = String(signed ? bits >> shift : Int(bitPattern: UInt(bitPattern: bits) >> UInt(shift)))
      case .text(let capacity): values[variable.name] = value.text(at: offset, capacity)
      case .bytes(let count): values[variable.name] = "\(Array(value[offset..<offset + count]))"
      }
    }
    return values
  }

  func elementCounts() throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for (id, map) in engine.bench.emitted.roles.arrays {
      counts[row.compiled.program.arrays[id].name] = try engine.bench.maps[map].entries().count
    }
    return counts
  }
}
