import Answers
import IR
import Testing

struct MessageTests {
  /// A fault of clause 1, as the engines send it.
  private func fault(_ fault: UInt32, _ value: UInt64, offset: UInt32 = 0) -> (Script, FaultReport?) {
    var script = Script()
    script.probe("syscall", "", "open", "entry", id: 13)
    script.clause([.init(.header)])
    script.clause([.init(.header)])
    var record: [UInt8] = []
    func put(_ value: UInt64, _ size: Int) {
      for index in 0..<size { record.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
    put(1, 4)
    put(1, 4)
    put(0, 8)
    put(0, 4)
    put(0, 4)
    put(0, 8)
    put(UInt64(fault), 4)
    put(UInt64(offset), 4)
    put(value, 8)
    var printer = Printer(script.program)
    guard case .fault(let report) = printer.consume(record) else { return (script, nil) }
    #expect(printer.text.isEmpty)
    return (script, report)
  }

  @Test func `a fault is told in the manner of DTrace for Linux`() {
    let (script, report) = fault(1, 0, offset: 28)
    #expect(
      report?.text(in: script.program)
        == "error in dt_clause_1 for probe ID 13 (syscall::open:entry): invalid address (0x0) at BPF pc 28")
  }

  @Test func `a fault is told in the manner of Solaris`() {
    let (script, report) = fault(1, 0, offset: 28)
    #expect(
      report?.text(in: script.program, dialect: .solaris)
        == "error on enabled probe ID 2 (ID 13: syscall::open:entry): invalid address (0x0) in action #1 at DIF offset 28"
    )
  }

  @Test(
    arguments: [
      (0, 5, "unknown fault"), (1, 0xdead, "invalid address (0xdead)"), (1, UInt64.max, "invalid address"),
      (2, 3, "invalid alignment (0x3)"), (3, 0, "illegal operation"), (4, 0, "divide-by-zero"),
      (5, 0, "out of scratch space"), (10, 16, "invalid size (0x10)"), (11, UInt64.max - 1, "index out of bounds (-2)"),
      (99, 0, "unknown fault"),
    ] as [(UInt32, UInt64, String)])
  func `a fault without a place says what and no more`(number: UInt32, value: UInt64, text: String) {
    let (script, report) = fault(number, value)
    #expect(report?.text(in: script.program) == "error in dt_clause_1 for probe ID 13 (syscall::open:entry): \(text)")
  }

  @Test func `drops are counted in words`() {
    #expect(Drop.principal.text(1, cpu: 0) == "1 drop on CPU 0")
    #expect(Drop.aggregation.text(3, cpu: 1, tagged: true) == "[DTRACEDROP_AGGREGATION] 3 aggregation drops on CPU 1")
    #expect(Drop.dynamic.text(1) == "1 dynamic variable drop")
    #expect(Drop.dynamicDirty.text(2) == "2 dynamic variable drops with non-empty dirty list")
    #expect(Drop.speculationUnavailable.text(3) == "3 failed speculations (no speculative buffer available)")
    #expect(Drop.doubleError.text(1, tagged: true) == "[DTRACEDROP_DBLERROR] 1 error in ERROR probe enabling")
  }

  @Test func `probes are listed in columns`() {
    #expect(
      String(decoding: Listing.header, as: UTF8.self)
        == "   ID   PROVIDER            MODULE                          FUNCTION NAME\n")
    #expect(
      String(
        decoding: Listing.line(id: 14, provider: "syscall", module: "vmlinux", function: "open", name: "entry"),
        as: UTF8.self) == "   14    syscall           vmlinux                              open entry\n")
  }

  @Test func `the notice counts the probes`() {
    #expect(
      Listing.matched(.description, "syscall::open*:entry", probes: 2)
        == "description 'syscall::open*:entry' matched 2 probes")
    #expect(Listing.matched(.script, "a.d", probes: 1) == "script 'a.d' matched 1 probe")
  }
}
