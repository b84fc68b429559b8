import BPFCode
import EngineBench
import IR
import Testing

struct ListingTests {
  @Test func `counting calls by name for one process takes a compare, a look-up and an addition`() throws {
    var program = DispatchTests.program([0, 1, 2])
    program.aggregations = [Aggregation(name: "", function: .count, key: [.symbol])]
    program.clauses = AttachedTests.counting(pid: 42).clauses
    program.clauses[0].probes = [0, 1, 2]
    let emitted = try emit(program)
    #expect(emitted.roles.aggregations == [0: .symbols(2)])
    #expect(emitted.spec.maps.map(\.name) == ["records", "drops", "agg_0"])
    #expect(emitted.spec.programs.map(\.attachment) == [.tracepoint("sys_enter")])
    #expect(emitted.listing == Self.counting)
  }

  static let counting = """
    sys_enter_0
       0: (79) r0 = *(u64 *)(r1 +8)
       1: (7b) *(u64 *)(r10 -24) = r0
       2: (25) if r0 > 0x2 goto pc+29
       3: (85) call bpf_get_current_pid_tgid#14
       4: (77) r0 >>= 32
       5: (bf) r6 = r0
       6: (55) if r6 != 0x2a goto pc+25
       7: (79) r0 = *(u64 *)(r10 -24)
       8: (07) r0 += 3
       9: (bf) r6 = r0
      10: (63) *(u32 *)(r10 -80) = r6
      11: (18) r1 = map[agg_0]
      13: (bf) r2 = r10
      14: (07) r2 += -80
      15: (85) call bpf_map_lookup_elem#1
      16: (55) if r0 != 0x0 goto pc+11
      17: (62) *(u32 *)(r10 -88) = 0
      18: (18) r1 = map[drops]
      20: (bf) r2 = r10
      21: (07) r2 += -88
      22: (85) call bpf_map_lookup_elem#1
      23: (15) if r0 == 0x0 goto pc+3
      24: (79) r1 = *(u64 *)(r0 +8)
      25: (07) r1 += 1
      26: (7b) *(u64 *)(r0 +8) = r1
      27: (05) goto pc+4
      28: (7a) *(u64 *)(r0 +8) = 1
      29: (79) r1 = *(u64 *)(r0 +0)
      30: (07) r1 += 1
      31: (7b) *(u64 *)(r0 +0) = r1
      32: (b7) r0 = 0
      33: (95) exit
    """
}
