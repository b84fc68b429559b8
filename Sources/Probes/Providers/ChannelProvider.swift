import IR

/// What is read from and written to a channel whose other end another process may have: a pipe, a terminal, a unix socket. By read, readv and
/// recvfrom, by write, writev and sendto, when the call returns.
///
///     read write    args[0]  the channel, as `StandardChannels` has it
///                   args[1]  how many bytes
///                   args[2]  the descriptor
///                   args[3]  1 when it is a named pipe (FIFO), whose other end anybody may have
package let channelProvider = Provider(
  name: "channel",
  probes: [
    moved("read", [0, 19, 45]),
    moved("write", [1, 20, 44]),
  ])

private func moved(_ name: String, _ calls: [Int]) -> Probe {
  let file = Recipe.file(.register("di"))
  let arguments = [
    Argument("channel", "uintptr_t", farChannel(of: file)),
    Argument("bytes", "int64_t", .word(1)),
    Argument("fd", "int", .register("di")),
    Argument("named", "int", .both(isKind(file, 0o010000), isNamed(file))),
  ]
  let condition = Recipe.compare(.greaterSigned, .word(1), .constant(0))
  return Probe(
    name: name, site: .syscall(number: calls[0], entry: false), arguments: arguments, condition: condition,
    twins: calls.dropFirst().map {
      Probe(name: "", site: .syscall(number: $0, entry: false), arguments: arguments, condition: condition)
    })
}

/// What the descriptor of a program leads to: a pipe, the terminal that it has itself, its own unix socket; else 0.
func channel(of descriptor: Recipe) -> Recipe {
  let file = Recipe.file(descriptor)
  return .choose(
    file,
    .choose(
      isKind(file, 0o010000), data(of: file),
      .choose(
        isKind(file, 0o140000), ofFamily(1, socket(of: file)),
        .choose(isDevice(file, 136), marked(terminal(of: file)), .constant(0)))), .constant(0))
}

/// The same, seen from the other end: the pipe, the terminal that a pty's master is the other side of, and the unix socket that this one is
/// connected to.
private func farChannel(of file: Recipe) -> Recipe {
  .choose(
    file,
    .choose(
      isKind(file, 0o010000), data(of: file),
      .choose(
        isKind(file, 0o140000),
        .both(
          ofFamily(1, socket(of: file)),
          .load(.address(socket(of: file), type: "unix_sock", path: "peer"), offset: 0, .double, signed: false)),
        // /dev/ptmx, in whatever file system of the kind, and masters of the old sort.
        .choose(
          .either(isDevice(file, 5), isDevice(file, 128)),
          marked(
            .load(.address(terminal(of: file), type: "tty_struct", path: "link"), offset: 0, .double, signed: false)),
          .constant(0)))), .constant(0))
}

private func data(of file: Recipe) -> Recipe {
  .load(.address(file, type: "file", path: "private_data"), offset: 0, .double, signed: false)
}
private func socket(of file: Recipe) -> Recipe {
  .load(.address(data(of: file), type: "socket", path: "sk"), offset: 0, .double, signed: false)
}
private func ofFamily(_ family: Int64, _ socket: Recipe) -> Recipe {
  .choose(
    .equal(
      .load(.address(socket, type: "sock", path: "__sk_common.skc_family"), offset: 0, .half, signed: false), family),
    socket, .constant(0))
}
/// `file->private_data` of a terminal is a `struct tty_file_private`.
private func terminal(of file: Recipe) -> Recipe {
  .load(.address(data(of: file), type: "tty_file_private", path: "tty"), offset: 0, .double, signed: false)
}
/// An address with the bit that tells a terminal.
private func marked(_ terminal: Recipe) -> Recipe { .binary(.or, terminal, .constant(1)) }
private func inode(of file: Recipe, _ path: String) -> Recipe {
  let inode = Recipe.load(.address(file, type: "file", path: "f_inode"), offset: 0, .double, signed: false)
  return .load(
    .address(inode, type: "inode", path: path), offset: 0, path == "i_mode" ? .half : .word, signed: false)
}
private func isKind(_ file: Recipe, _ kind: Int64) -> Recipe {
  .equal(.binary(.and, inode(of: file, "i_mode"), .constant(0o170000)), kind)
}
/// Pipes without a name lie in a file system of their own, PIPEFS_MAGIC (linux/magic.h).
private func isNamed(_ file: Recipe) -> Recipe {
  let inode = Recipe.load(.address(file, type: "file", path: "f_inode"), offset: 0, .double, signed: false)
  let place = Recipe.load(.address(inode, type: "inode", path: "i_sb"), offset: 0, .double, signed: false)
  return .compare(
    .notEqual, .load(.address(place, type: "super_block", path: "s_magic"), offset: 0, .double, signed: false),
    .constant(0x5049_5045))
}
/// A character device of these eight majors (136 to 143 are the terminals of pty(7); 5 stands for itself, /dev/ptmx).
private func isDevice(_ file: Recipe, _ major: Int64) -> Recipe {
  let number = Recipe.binary(.shiftRightUnsigned, inode(of: file, "i_rdev"), .constant(20))
  return .both(
    isKind(file, 0o020000),
    major == 5
      ? .equal(inode(of: file, "i_rdev"), 5 << 20 | 2)
      : .equal(
        .binary(.and, number, .constant(0xf8)), major))
}
