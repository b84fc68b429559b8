import BPFCode
import EngineBench
import Foundation
import Glibc
import IR
import Kernel
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct RecordTests {
  @Test func `live: a record has its header, its presence bits and its fields where the layout says`() throws {
    var sketch = Sketch()
    var items: [RecordLayout.Item] = []
    for index in 0..<70 {
      let field: RecordLayout.Field =
        switch index % 6 {
        case 0: .init(.value(.integer(.byte, signed: true)))
        case 1: .init(.value(.text(5)))
        case 2: .init(.value(.integer(.half, signed: false)))
        case 3: .init(.symbol)
        case 4: .init(.value(.integer(.word, signed: true)))
        default: .init(.value(.text(21)))
        }
      items.append(RecordLayout.Item(.trace, fields: [field]))
    }
    sketch.clause.record = RecordLayout(items)
    let number = sketch.constant(-2)
    let name = sketch.integer { .probeSymbol($0, .name) }
    let text = sketch.constant("0123456789ab")
    for index in stride(from: 0, to: 70, by: 2) {
      // Every second item happens; the others are recorded without having happened, or not at all.
      sketch.add(.happened(item: index))
    }
    for index in 0..<70 where index % 7 != 0 {
      switch index % 6 {
      case 1, 5: sketch.add(.record(item: index, field: 0, .text(text)))
      case 3: sketch.add(.record(item: index, field: 0, .integer(name)))
      default: sketch.add(.record(item: index, field: 0, .integer(number)))
      }
    }
    let bench = try Bench(sketch.finished)
    let before = clock()
    let record = try #require(try bench.fire().first)
    #expect(record.count == sketch.clause.record.size)
    #expect(record.integer(at: 0, 4) == 0)
    #expect(record.integer(at: 4, 4) == 0)
    #expect((before...clock()).contains(record.word(at: 8)))
    #expect(record.integer(at: 16, 4) < sysconf(Int32(_SC_NPROCESSORS_CONF)))
    #expect(record.integer(at: 20, 4) == 0)
    #expect(record.integer(at: 24, 4) == Int(getpid()))
    #expect(record.integer(at: 28, 4) == Bench.thread)
    #expect(record.word(at: 32) == 0x5555_5555_5555_5555)
    #expect(record.word(at: 40) == 0b01_0101)
    for (index, item) in sketch.clause.record.items.enumerated() {
      let field = item.fields[0]
      let set = index % 7 != 0
      switch index % 6 {
      case 1: #expect(record.text(at: field.offset, 5) == (set ? "0123" : ""), "\(index)")
      case 5: #expect(record.text(at: field.offset, 21) == (set ? "0123456789ab" : ""), "\(index)")
      case 3: #expect(record.integer(at: field.offset, 4) == (set ? 3 : 0), "\(index)")
      default:
        let expected = set ? -2 & ((1 << (8 * field.size)) - 1) : 0
        #expect(record.integer(at: field.offset, field.size) == expected, "\(index)")
      }
    }
  }

  private func clock() -> Int {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
  }

  @Test func `live: stacks go into their fields, the user's behind the process's number`() throws {
    var sketch = Sketch()
    sketch.clause.record = RecordLayout([
      RecordLayout.Item(.stack, fields: [.init(.kernelStack(frames: 5))]),
      RecordLayout.Item(.userStack, fields: [.init(.userStack(frames: 30))]),
    ])
    for item in 0..<2 {
      sketch.add(.happened(item: item))
      sketch.add(.recordStack(item: item, field: 0))
    }
    let bench = try Bench(sketch.finished)
    let record = try #require(try bench.fire().first)
    let fields = sketch.clause.record.items.map { $0.fields[0].offset }
    for frame in 0..<5 {
      // The host called the program: no kernel code was interrupted.
      #expect(record.word(at: fields[0] + frame * 8) == 0)
    }
    #expect(record.word(at: fields[1]) == Int(getpid()))
    #expect((1..<(1 << 47)).contains(record.word(at: fields[1] + 8)))
  }

  @Test func `live: a predicate that fails sends nothing, nor does a clause without items`() throws {
    var sketch = Sketch()
    let word = sketch.word(0)
    let five = sketch.constant(5)
    let holds = sketch.integer { .compare(.equal, $0, word, five) }
    sketch.clause.blocks = [
      Block(steps: sketch.clause.blocks[0].steps, end: .branch(holds, then: 1, otherwise: 2)), Block(end: .commit),
      Block(end: .discard),
    ]
    sketch.clause.record = RecordLayout([RecordLayout.Item(.header)])
    sketch.clause.blocks[1].steps = [.happened(item: 0)]
    let bench = try Bench(sketch.finished)
    #expect(try bench.fire(0, [5]).count == 1)
    #expect(try bench.fire(0, [6]).isEmpty)

    var silent = Sketch()
    _ = silent.constant(1)
    #expect(try Bench(silent.finished).fire().isEmpty)
  }

  @Test func `live: ways through a clause join with what each of them set`() throws {
    var sketch = Sketch()
    let word = sketch.word(0)
    let (result, unset) = (sketch.register(), sketch.register())
    let texts = (sketch.text(40), sketch.text(40))
    sketch.clause.record = RecordLayout([
      RecordLayout.Item(.trace, fields: [.init(.value(.integer(.double, signed: true)))]),
      RecordLayout.Item(.trace, fields: [.init(.value(.text(40)))]),
      RecordLayout.Item(.trace, fields: [.init(.value(.text(40)))]),
      RecordLayout.Item(.trace, fields: [.init(.value(.integer(.double, signed: true)))]),
    ])
    sketch.clause.blocks = [
      Block(steps: sketch.clause.blocks[0].steps, end: .branch(word, then: 1, otherwise: 2)),
      Block(
        steps: [.constant(result, 1), .text(texts.0, constant: Array("then".utf8)), .constant(unset, 7)], end: .jump(4)),
      Block(steps: [.constant(result, 2), .text(texts.1, constant: Array("otherwise".utf8))], end: .jump(4)),
      // Nothing leads here.
      Block(steps: [.constant(result, 3)], end: .commit),
      Block(
        steps: [
          .record(item: 0, field: 0, .integer(result)), .record(item: 1, field: 0, .text(texts.0)),
          .record(item: 2, field: 0, .text(texts.1)), .record(item: 3, field: 0, .integer(unset)),
        ], end: .commit),
    ]
    let bench = try Bench(sketch.finished)
    #expect(Outcome(try bench.fire(0, [9]).first, sketch.clause) == .values([1, "then", "", 7]))
    #expect(Outcome(try bench.fire(0, [0]).first, sketch.clause) == .values([2, "", "otherwise", 0]))
  }

  @Test func `live: a fault ends its clause and the next goes on`() throws {
    var sketch = Sketch()
    let (word, zero) = (sketch.word(0), sketch.word(1))
    let quotient = sketch.integer { .binary(.divideSigned, $0, word, zero) }
    sketch.record([.integer(quotient)])
    var second = Sketch()
    second.record([.integer(second.constant(42))])
    var program = sketch.finished
    program.clauses.append(second.clause)
    let bench = try Bench(program)
    let records = try bench.fire(0, [5, 0])
    #expect(records.count == 2)
    #expect(Outcome(records.first, sketch.clause) == .fault(.divideByZero, 0))
    #expect(records[0].count == RecordLayout.faultSize)
    #expect(records[0].integer(at: 4, 4) == 0)
    // The division is the clause's third step.
    #expect(records[0].integer(at: 36, 4) == 2)
    #expect(records[0].integer(at: 24, 4) == Int(getpid()))
    #expect(records[1].integer(at: 4, 4) == 1)
    #expect(Outcome(records.last, second.clause) == .values([42]))
  }

  @Test func `live: a full ring is counted`() throws {
    var sketch = Sketch()
    sketch.program.limits.bufferSize = 4096
    sketch.record([.integer(sketch.constant(1))])
    let emitted = try emit(sketch.finished)
    #expect(emitted.spec.maps[emitted.roles.records].maxEntries == 4096)
    let bench = try Bench(sketch.finished)
    for _ in 0..<200 { _ = try bench.programs[0].run() }
    let sent = try bench.drained()
    #expect(try sent + bench.drops(.principal) == 200)
    #expect(sent < 200)
  }

  @Test func `live: what is known of the moment and the task agrees with what this process knows of itself`() throws {
    var sketch = Sketch()
    let builtins: [Builtin] = [
      .pid, .tid, .ppid, .uid, .gid, .timestamp, .timestamp, .walltimestamp, .errno, .probeID, .enabledProbeID,
      .kernelPC, .userPC, .networkNamespace,
    ]
    let values = builtins.map { builtin in sketch.integer { .builtin($0, builtin) } }
    let rest: [Builtin] = [.processStart, .vtimestamp, .stackDepth, .userStackDepth, .currentTask, .cpu]
    let others = rest.map { builtin in sketch.integer { .builtin($0, builtin) } }
    sketch.record((values + others).map { .integer($0) })
    let bench = try Bench(sketch.finished, offsets: Offsets.kernel)
    let clockMap = try #require(bench.emitted.roles.clock)
    try bench.maps[clockMap].update([0, 0, 0, 0], .init(words: [1_000_000]))
    let record = try #require(try bench.fire().first)
    guard case .values(let found) = Outcome(record, sketch.clause) else {
      Issue.record("a fault")
      return
    }
    let time = record.word(at: 8)
    let namespace = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self/ns/net")
    let inode = try #require(Int(namespace.filter(\.isNumber)))
    let expected: [Int] = [
      Int(getpid()), Bench.thread, Int(getppid()), Int(getuid()), Int(getgid()), time, time, time + 1_000_000, 0, 1, 1,
      0,
      0, inode,
    ]
    #expect(Array(found.prefix(expected.count)) == expected.map { .integer($0) })
    // Field 22 of /proc/PID/stat is the start in clock ticks.
    let stat = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
    let fields = stat[stat.lastIndex(of: ")")!...].split(separator: " ")
    let ticks = try #require(Int(fields[20]))
    guard case .integer(let start) = found[14], case .integer(let run) = found[15], case .integer(let depth) = found[16]
    else { return }
    #expect(start / (1_000_000_000 / sysconf(Int32(_SC_CLK_TCK))) == ticks)
    #expect(run > 0)
    #expect(depth == 0)
  }
}
