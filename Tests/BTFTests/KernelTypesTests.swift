import BTF
import Kernel
import Testing

struct KernelTypesTests {
  @Test func `a tracepoint's arguments are those of its typedef without the first`() throws {
    let types = try TypeGraph.ofKernel()
    let point = try #require(types.tracepoint(named: "sched_switch"))
    #expect(point.arguments.count >= 3)
    #expect(point.arguments[1].structure.map { types.name(of: $0) } == "task_struct")
  }
}
