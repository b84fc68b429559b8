import BPFCode
import EngineBench
import Foundation
import IR
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct StateTests {
  @Test(arguments: [Variable.Scope.global, .thread, .clause])
  func `live: variables keep integers of each width and texts, as long as their scope lasts`(scope: Variable.Scope)
    throws
  {
    var sketch = Sketch()
    for width in Width.allCases {
      for signed in [false, true] {
        sketch.program.variables.append(Variable(name: "i", scope: scope, storage: .integer(width, signed: signed)))
      }
    }
    sketch.program.variables.append(Variable(name: "t", scope: scope, storage: .text(20)))
    sketch.program.variables.append(Variable(name: "u", scope: scope, storage: .text(256)))
    var before: [Operand] = []
    var after: [Operand] = []
    for (id, variable) in sketch.program.variables.enumerated() {
      switch variable.storage {
      case .integer: before.append(.integer(sketch.integer { .loadVariable(.integer($0), id) }))
      case .text: before.append(.text(sketch.text(30) { .loadVariable(.text($0), id) }))
      case .bytes: break
      }
    }
    let (word, address) = (sketch.word(0), sketch.word(1))
    let text = sketch.text(30) { .loadText($0, address: address, limit: nil, .user) }
    for (id, variable) in sketch.program.variables.enumerated() {
      switch variable.storage {
      case .integer:
        sketch.add(.storeVariable(id, .integer(word)))
        after.append(.integer(sketch.integer { .loadVariable(.integer($0), id) }))
      case .text:
        sketch.add(.storeVariable(id, .text(text)))
        after.append(.text(sketch.text(30) { .loadVariable(.text($0), id) }))
      case .bytes: break
      }
    }
    sketch.record(before + after)
    let bench = try Bench(sketch.finished)
    let text1 = "a text of twenty-five ch."
    let values: [Outcome.Value] = [
      0x88, -0x78, 0xf788, -0x878, 0xf5f6_f788, -0xa09_0878, 0x1122_3344_f5f6_f788, 0x1122_3344_f5f6_f788,
    ]
    let stored = values + [.text(String(text1.prefix(19))), .text(text1)]
    let empty: [Outcome.Value] = values.map { _ in 0 } + ["", ""]
    try MemoryTests.withAddress(of: Array(text1.utf8) + [0]) { (address: UInt64) throws in
      let words = [0x1122_3344_f5f6_f788, address]
      #expect(Outcome(try bench.fire(0, words).first, sketch.clause) == .values(empty + stored))
      let second = scope == .clause ? empty : stored
      #expect(Outcome(try bench.fire(0, words).first, sketch.clause) == .values(second + stored))
    }
    #expect(try bench.drops(.dynamic) == 0)
  }

  @Test func `live: a thread's variables are its own`() throws {
    var sketch = Sketch()
    sketch.program.variables = [Variable(name: "x", scope: .thread, storage: .integer(.double, signed: true))]
    let old = sketch.integer { .loadVariable(.integer($0), 0) }
    let new = sketch.word(0)
    sketch.add(.storeVariable(0, .integer(new)))
    sketch.record([.integer(old)])
    let bench = try Bench(sketch.finished)
    #expect(Outcome(try bench.fire(0, [5]).first, sketch.clause) == .values([0]))
    #expect(Outcome(try bench.fire(0, [6]).first, sketch.clause) == .values([5]))
    // Safe: this thread does nothing with them until the other is done.
    nonisolated(unsafe) var elsewhere: Outcome?
    nonisolated(unsafe) let lent = bench
    let clause = sketch.clause
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      unsafe elsewhere = Outcome((try? lent.fire(0, [7]))?.first, clause)
      done.signal()
    }
    done.wait()
    #expect(unsafe elsewhere == .values([0]))
    #expect(Outcome(try bench.fire(0, [8]).first, sketch.clause) == .values([6]))
  }

  @Test(arguments: [false, true])
  func `live: associative arrays assign, look up, free on zero, and count what finds no room`(perThread: Bool) throws {
    var sketch = Sketch()
    sketch.program.limits.arrayEntries = 4
    sketch.program.arrays = [
      AssociativeArray(
        name: "a", perThread: perThread, key: [.integer(.word, signed: true), .text(12)],
        value: .integer(.word, signed: true)),
      AssociativeArray(name: "b", perThread: perThread, key: [.integer(.double, signed: true)], value: .text(20)),
    ]
    let (number, value, address) = (sketch.word(0), sketch.word(1), sketch.word(2))
    let text = sketch.text(64) { .loadText($0, address: address, limit: nil, .user) }
    let key: [Operand] = [.integer(number), .text(text)]
    let old = sketch.integer { .lookUp(.integer($0), 0, key: key) }
    let oldText = sketch.text { .lookUp(.text($0), 1, key: [.integer(number)]) }
    sketch.add(.assign(0, key: key, .integer(value)))
    sketch.add(.assign(1, key: [.integer(number)], .text(text)))
    sketch.record([.integer(old), .text(oldText)])
    let bench = try Bench(sketch.finished)
    func fire(_ number: Int, _ value: Int, _ text: String) throws -> Outcome {
      try MemoryTests.withAddress(of: Array(text.utf8) + [0]) { (address: UInt64) throws in
        let words = [UInt64(bitPattern: Int64(number)), UInt64(bitPattern: Int64(value)), address]
        return Outcome(try bench.fire(0, words).first, sketch.clause)
      }
    }
    #expect(try fire(1, 10, "one") == .values([0, ""]))
    #expect(try fire(-1, 20, "one") == .values([0, ""]))
    #expect(try fire(1, -11, "one") == .values([10, "one"]))
    // The key's integer has 32 bits and its text 12 bytes with the NUL.
    #expect(try fire(1 + 1 << 40, 12, "one") == .values([-11, ""]))
    #expect(try fire(1, 1 << 32, "one") == .values([12, "one"]))
    #expect(try fire(1, 5, "one") == .values([0, "one"]))
    #expect(try fire(2, 30, "0123456789abcdef") == .values([0, ""]))
    #expect(try fire(2, 31, "0123456789aXXXXXXXXXXXXX") == .values([30, "0123456789abcdef"]))
    #expect(try fire(2, 0, "") == .values([0, "0123456789aXXXXXXXX"]))
    #expect(try fire(2, 1, "x") == .values([0, ""]))
    #expect(try bench.drops(.dynamic) == 0)
    for number in 10..<20 { _ = try fire(number, 1, "room") }
    #expect(try bench.drops(.dynamic) > 0)
    #expect(try bench.droppedElements(of: 0) > 0)
    #expect(try bench.drops(.dynamic) == bench.droppedElements(of: 0) + bench.droppedElements(of: 1))
  }
}
