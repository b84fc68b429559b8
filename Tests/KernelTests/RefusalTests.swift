import Glibc
import Testing

@testable import Kernel

struct RefusalTests {
  func refusal(_ log: String, _ origins: [Range<Int>?] = []) -> VerifierRefusal {
    VerifierRefusal(of: "p", error: SystemError(call: "bpf", code: EACCES), log: log, origins: origins)
  }

  @Test func `the complaint is the last line that is no instruction and no summary`() {
    let log = """
      0: R1=ctx() R10=fp0
      0: (79) r2 = *(u64 *)(r1 +0)          ; R1=ctx() R2_w=scalar()
      1: (61) r0 = *(u32 *)(r2 +4)
      R2 invalid mem access 'scalar'
      processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0

      """
    let refusal = refusal(log, [nil, 10..<20])
    #expect(refusal.complaint == "R2 invalid mem access 'scalar'")
    #expect(refusal.instruction == 1)
    #expect(refusal.origin == 10..<20)
    #expect(refusal.text == "the kernel's verifier refused p at instruction 1: R2 invalid mem access 'scalar'")
  }

  @Test func `a jump's line names where it goes`() {
    let log = """
      from 3 to 7: R0=0 R10=fp0
      7: R0=0
      invalid stack
      """
    #expect(refusal(log).instruction == 7)
  }

  @Test func `a log without instructions still has a complaint`() {
    let refusal = refusal("func#0 @0\nlast insn is not an exit or jmp\n")
    #expect(refusal.complaint == "last insn is not an exit or jmp")
    #expect(refusal.instruction == nil)
    #expect(refusal.origin == nil)
  }

  @Test func `without a log the error speaks`() {
    #expect(refusal("").text == "the kernel's verifier refused p: bpf: EACCES (Permission denied)")
  }

  @Test(arguments: [
    ("0-3\n", [0, 1, 2, 3]), ("0", [0]), ("0-1,4,6-7\n", [0, 1, 4, 6, 7]), ("", []), ("x,3-1,2", [2]),
    ("0-99999999999", []),
  ])
  func `a list of processors is read as sysfs writes it`(text: String, numbers: [Int]) {
    #expect(CPUs.parse(Array(text.utf8)) == numbers)
  }
}
