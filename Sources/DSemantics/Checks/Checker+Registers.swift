import DSyntax
import IR
import Probes
import Source

extension Checker {
  /// `uregs[R_SP]`: a register that the current thread entered the kernel with; those of segments and the trap's number are the thread's.
  mutating func checkRegisters(_ key: [Expression], _ range: SourceRange) -> Typed? {
    guard key.count == 1, let place = check(key[0]) else {
      if key.count != 1 { report(.argumentCount("uregs[", given: key.count, wanted: "1"), range) }
      return nil
    }
    guard case .integer(let number) = place.kind, place.type.isInteger else {
      report(.argumentType("uregs", number: 1, given: spelled(place.type), wanted: "integer constant"), range)
      return nil
    }
    guard (0..<Int64(Self.saved + Self.ofThread.count)).contains(number) else {
      report(.rule(tag: "D_UNKNOWN", "uregs[]: index out of bounds (\(number))"), range)
      return nil
    }
    if number >= Self.saved {
      let name = Self.ofThread[Int(number) - Self.saved]
      guard let value = check(member: name, ofThread: range) else { return nil }
      return Typed(.convert(value), .uint64, range)
    }
    let registers = Typed(
      .convert(Typed(.builtin(.userRegisters), .uint64, range)), .pointer(.uint64, userland: false), range)
    return Typed(.memory(address: registers, offset: Int(number) * 8, bits: nil), .uint64, range)
  }

  /// The words of x86-64's `struct pt_regs`, R_R15 to R_SS.
  private static let saved = 21
  /// R_DS, R_ES, R_FS, R_GS and R_TRAPNO as x86-64's `struct thread_struct` has them.
  private static let ofThread = ["ds", "es", "fsbase", "gsbase", "trap_nr"]

  private mutating func check(member: String, ofThread range: SourceRange) -> Typed? {
    let thread = Expression(.arrow(Expression(.identifier("curthread"), range), "thread"), range)
    return check(Expression(.member(thread, member), range))
  }

  /// `ipl`: zero where a probe fires in a process's own context. No program may ask the kernel in what interrupt it runs, so elsewhere it
  /// is refused.
  mutating func checkInterruptLevel(_ range: SourceRange) -> Typed? {
    let interrupts = current.contains { index in
      switch catalog.probes[index].probe.site {
      case .begin, .end, .error, .syscall, .tick: false
      default: true
      }
    }
    guard !interrupts else {
      report(.unsupported("ipl: the kernel tells no program the level of the interrupt that it runs in"), range)
      return nil
    }
    return Typed(.integer(0), .integer(IntegerType(4, signed: false, "uint_t")), range)
  }
}
