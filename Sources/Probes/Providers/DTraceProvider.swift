/// The run itself: `dtrace:::BEGIN`, `END` and `ERROR`.
package let dtraceProvider = Provider(
  name: "dtrace",
  probes: [
    Probe(name: "BEGIN", site: .begin),
    Probe(name: "END", site: .end),
    // DTrace guide, "dtrace Provider": arg1 epid, arg2 action, arg3 offset, arg4 fault, arg5 value.
    Probe(
      name: "ERROR", site: .error,
      arguments: (0..<6).map { Argument("arg\($0)", "uint64_t", .word($0)) }),
  ])
