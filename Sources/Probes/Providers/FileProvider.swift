/// Files that were opened, told at the return of the call, when the kernel itself has touched the path's page:
/// `file::NAME:opened` with arg0 the descriptor or the negated errno, then the call's own arguments.
package let fileProvider = Provider(
  name: "file",
  probes: [("open", 2), ("creat", 85), ("openat", 257), ("openat2", 437)].map { name, number in
    Probe(
      function: name, name: "opened", site: .syscall(number: number, entry: false),
      arguments: [Argument("result", "int64_t", .word(1))]
        + ["di", "si", "dx", "r10"].enumerated().map { index, register in
          Argument("arg\(index)", "uint64_t", .register(register))
        })
  })
