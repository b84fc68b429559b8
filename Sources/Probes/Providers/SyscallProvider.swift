/// Every system call, at entry and return, from one pair of tracepoints.
///
///     syscall::NAME:entry     sys_enter(struct pt_regs *, long id)     arg0…arg5: six registers; args[]: the call's own arguments, typed
///     syscall::NAME:return    sys_exit(struct pt_regs *, long ret)     arg0 and arg1: the result; args[0]: `long`; errno
package func syscallProvider(solaris: Bool) -> Provider {
  var probes: [Probe] = []
  for (number, name) in systemCallNames.sorted(by: { $0.key < $1.key }) {
    let compat = solaris ? solarisCall(name) : nil
    let shown = compat?.name ?? name
    let module = solaris ? "" : "vmlinux"
    let order = compat?.arguments ?? [0, 1, 2, 3, 4, 5]
    var entry = Probe(
      module: module, function: shown, name: "entry", site: .syscall(number: number, entry: true),
      arguments: order.enumerated().map { Argument("arg\($0)", "uint64_t", registers[$1]) })
    var exit = Probe(
      module: module, function: shown, name: "return", site: .syscall(number: number, entry: false),
      arguments: (0..<2).map { Argument("arg\($0)", "int64_t", .word(1)) })
    if !solaris {
      entry.processTypes = { systemCallTypes(name) ?? registers.map { _ in "uint64_t" } }
      exit.processTypes = { ["long"] }
    }
    probes += [entry, exit]
  }
  return Provider(name: "syscall", probes: probes)
}

/// Where x86-64's calling convention for system calls has the six arguments, in the saved registers.
package let registers: [Recipe] = ["di", "si", "dx", "r10", "r8", "r9"].map {
  .member(.word(0), type: "pt_regs", path: $0)
}
