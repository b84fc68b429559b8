/// Files that were opened, told at the return of the call, when the kernel itself has touched the path's page.
///
///     file::NAME:opened     args[0] the path, args[1] the descriptor or the negated errno, args[2] the flags
package let fileProvider = Provider(
  name: "file",
  probes: [
    opened("open", 2, path: "di", flags: .register("si")),
    opened("creat", 85, path: "di", flags: .constant(0o1101)),
    opened("openat", 257, path: "si", flags: .register("dx")),
    // The flags of openat2(2) are the first member of its `struct open_how`, in the process's memory.
    opened("openat2", 437, path: "si", flags: .constant(0)),
  ])

private func opened(_ name: String, _ number: Int, path: String, flags: Recipe) -> Probe {
  Probe(
    function: name, name: "opened", site: .syscall(number: number, entry: false),
    arguments: [
      Argument("path", "string", .userText(.register(path))),
      Argument("result", "int64_t", .word(1)),
      Argument("flags", "uint64_t", flags),
    ])
}
