import HostVM
import IR
import Support
import Testing

@Suite struct RandomProgramTests {
  func firing(_ random: inout RandomProgram.Generator) -> Firing {
    var firing = Firing()
    firing.pid = UInt32(truncatingIfNeeded: random.next() % 4)
    firing.tid = firing.pid
    firing.monotonicTime = random.next()
    firing.integers = [random.next() % 3, random.next()]
    firing.setText(0, "text \(random.next() % 5)".utf8)
    firing.execname = Array("process \(random.next() % 5)".utf8)
    return firing
  }

  @Test func `a random program is sound, runs without a trap, and the same twice`() throws {
    var kinds: Set<UInt8> = []
    for seed in UInt64(0)..<400 {
      let program = RandomProgram.make(seed: seed)
      #expect(program.violations() == [], "seed \(seed)")
      var answers: [[[UInt8]]] = []
      for hashSeed in [1, 2] as [UInt64] {
        var random = RandomProgram.Generator(seed: seed)
        var machine = try Machine(program, seed: hashSeed)
        var records: [[UInt8]] = []
        for _ in 0..<30 {
          let fired = machine.fire(0, firing(&random)).all
          kinds.formUnion(fired.map { $0[0] })
          records += fired
          if random.next() % 8 == 0 { machine.threadEnded(UInt32(random.next() % 4)) }
        }
        for id in program.aggregations.indices {
          records += machine.aggregationEntries(id).map { $0.key + $0.value.map { UInt8(truncatingIfNeeded: $0) } }
        }
        records.append([UInt8(truncatingIfNeeded: machine.drops.dynamicVariables)])
        answers.append(records)
      }
      // The tables' hashes differ, what they hold does not.
      #expect(answers[0] == answers[1], "seed \(seed)")
    }
    // Both data and faults came out, or the programs exercise less than they should.
    #expect(kinds == [0, 1])
  }

  @Test func `a spoiled program is refused or runs without a trap`() {
    var refused = 0
    var ran = 0
    for seed in UInt64(0)..<2000 {
      var random = RandomProgram.Generator(seed: seed &* 31)
      var program = RandomProgram.make(seed: seed % 50, clauses: 1, steps: 20)
      func index(_ count: Int, _ random: inout RandomProgram.Generator) -> Int { Int(random.next() % UInt64(count)) }
      let block = index(program.clauses[0].blocks.count, &random)
      let other = index(program.clauses[0].blocks.count, &random)
      switch random.next() % 8 {
      case 0 where !program.clauses[0].blocks[block].steps.isEmpty:
        program.clauses[0].blocks[block].steps.remove(at: index(program.clauses[0].blocks[block].steps.count, &random))
      case 1: program.clauses[0].blocks.swapAt(block, other)
      case 2: program.clauses[0].registers -= 1
      case 3: program.clauses[0].texts[index(program.clauses[0].texts.count, &random)] = [0, 1, 3, -5][other % 4]
      case 4: program.variables.swapAt(index(program.variables.count, &random), index(program.variables.count, &random))
      case 5: program.arrays.removeLast()
      case 6: program.clauses[0].blocks[block].end = .branch(Register(block), then: other, otherwise: other + 1)
      default: program.clauses[0].record = RecordLayout()
      }
      guard var machine = try? Machine(program, seed: 1) else {
        refused += 1
        continue
      }
      for _ in 0..<3 { _ = machine.fire(0, firing(&random)) }
      ran += 1
    }
    #expect(refused > 50)
    #expect(ran > 50)
  }
}
