import IR

/// Files that were opened, told at the return of the call, when the kernel itself has touched the path's page.
///
///     file::NAME:opened     args[0] the path, args[1] the descriptor or the negated errno, args[2] the flags
///                           args[3] the inode's number of a regular file or a pipe (FIFO), else 0; args[4] its device, as the kernel has it;
///                           args[5] its generation: an inode whose file is gone becomes another one's, with another generation
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
      Argument("inode", "uint64_t", .both(isKept, .member(inode, type: "inode", path: "i_ino"))),
      Argument(
        "device", "uint64_t",
        .both(isKept, .member(.member(inode, type: "inode", path: "i_sb"), type: "super_block", path: "s_dev"))),
      Argument("generation", "uint32_t", .both(isKept, .member(inode, type: "inode", path: "i_generation"))),
    ])
}

/// Of what the call opened; null when it failed.
private let inode = Recipe.both(
  .compare(.greaterEqualSigned, .word(1), .constant(0)), .member(.file(.word(1)), type: "file", path: "f_inode"))
/// S_IFREG or S_IFIFO.
private let isKept = Recipe.both(
  inode,
  .either(
    .equal(.binary(.and, .member(inode, type: "inode", path: "i_mode"), .constant(0o170000)), 0o100000),
    .equal(.binary(.and, .member(inode, type: "inode", path: "i_mode"), .constant(0o170000)), 0o010000)))
