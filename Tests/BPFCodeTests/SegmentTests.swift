import BPFCode
import EngineBench
import IR
import Testing

/// Programs too long for one BPF program, or with too many maps for one.
@Suite
struct SegmentTests {
  /// Clauses at probes of one hook, each of which records the sum that the clauses before it made, whether the timestamp is
  /// the first's, and whether the process has a name.
  private func program(_ probes: [EnabledProbe], clauses count: Int) -> IR.Program {
    var program = IR.Program()
    for number in 0..<count * probes.count {
      var sketch = Sketch(hook: probes[0].hook)
      sketch.clause.number = number
      sketch.clause.probes = [number / count]
      let sum = sketch.integer { .loadVariable(.integer($0), 0) }
      let more = sketch.constant(Int64(number % count))
      let total = sketch.integer { .binary(.add, $0, sum, more) }
      sketch.add(.storeVariable(0, .integer(total)))
      let now = sketch.integer { .builtin($0, .timestamp) }
      if number % count == 0 { sketch.add(.storeVariable(1, .integer(now))) }
      let first = sketch.integer { .loadVariable(.integer($0), 1) }
      let same = sketch.integer { .compare(.equal, $0, now, first) }
      let name = sketch.text(16) { .textBuiltin($0, .execname) }
      let length = sketch.integer { .call(.integer($0), .strlen, [.text(name)]) }
      let zero = sketch.constant(0)
      let named = sketch.integer { .compare(.greaterSigned, $0, length, zero) }
      sketch.record([.integer(total), .integer(same), .integer(named)])
      if number == 0 {
        program = sketch.program
        program.limits.bufferSize = 1 << 20
        program.probes = probes
        program.variables = [
          Variable(name: "sum", scope: .clause, storage: .integer(.double, signed: true)),
          Variable(name: "at", scope: .clause, storage: .integer(.double, signed: false)),
        ]
      }
      program.clauses.append(sketch.clause)
    }
    return program
  }

  private func sums(_ count: Int) -> [Outcome] { (0..<count).map { .values([.integer($0 * ($0 + 1) / 2), 1, 1]) } }

  private func outcomes(_ bench: Bench, _ program: IR.Program, _ words: [UInt64], from clause: Int) throws -> [Outcome]
  {
    try bench.fire(0, words).enumerated().map { Outcome($0.element, program.clauses[clause + $0.offset]) }
  }

  @Test(.enabled(if: Bench.allowed))
  func `live: a thousand clauses see one firing's variables and one timestamp`() throws {
    let program = program([EnabledProbe(id: 1, parts: [0, 1, 2, 3], hook: .begin)], clauses: 1000)
    let bench = try Bench(program)
    #expect(bench.emitted.spec.programs.count > 2)
    #expect(bench.emitted.hooks.count == 1)
    for _ in 0..<3 { #expect(try outcomes(bench, program, [], from: 0) == sums(1000)) }
  }

  @Test(.enabled(if: Bench.allowed))
  func `live: a firing that is not meant is left out whole, and the next one begins anew`() throws {
    let hook = Hook.tracepoint("sys_enter", selector: .word(1))
    let program = program(
      [
        EnabledProbe(id: 1, parts: [0, 1, 2, 3], hook: hook, selector: .init(value: 7)),
        EnabledProbe(id: 2, parts: [0, 1, 2, 3], hook: hook),
      ], clauses: 400)
    let bench = try Bench(program)
    #expect(bench.emitted.spec.programs.count > 2)
    #expect(try outcomes(bench, program, [0, 7], from: 0) == sums(400) + sums(400))
    #expect(try outcomes(bench, program, [0, 8], from: 400) == sums(400))
  }

  @Test(.enabled(if: Bench.allowed))
  func `live: a hundred arrays and a hundred aggregations are more maps than one program takes`() throws {
    var program = IR.Program()
    for number in 0..<100 {
      var sketch = Sketch()
      sketch.clause.number = number
      let value = sketch.constant(Int64(number + 1))
      sketch.add(.assign(number, key: [.integer(value)], .integer(value)))
      sketch.add(.aggregate(number, key: [.integer(value)], value: nil, increment: nil))
      let read = sketch.integer { .lookUp(.integer($0), number, key: [.integer(value)]) }
      sketch.record([.integer(read)])
      if number == 0 { program = sketch.program }
      let word = Storage.integer(.double, signed: true)
      program.arrays.append(AssociativeArray(name: "a\(number)", perThread: false, key: [word], value: word))
      program.aggregations.append(Aggregation(name: "b\(number)", function: .count, key: [.value(word)]))
      program.clauses.append(sketch.clause)
    }
    let bench = try Bench(program)
    #expect(try outcomes(bench, program, [], from: 0) == (1...100).map { .values([.integer($0)]) })
  }
}
