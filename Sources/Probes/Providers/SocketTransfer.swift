import IR

/// `socket:::sent` and `socket:::received`: bytes were given to a socket, or taken from it, as `send` and `receive` have it, with what the call moved
/// and whom it named.
///
///     args[0]  the socket
///     args[1]  how many; negative: the errno of a transfer that failed
///     args[2]  the call's flags
///     args[3]  of a datagram socket, and sent of a raw one of IPv4, and of eight bytes and more: what `payloadMark` makes of the first 32; 0 when unknown
///     args[4]  sent: the first eight bytes of the `struct sockaddr` that the call names, as they lie in memory; 0 without one
///     args[5]  the eight bytes after them, and args[6] those after these
///
/// What splice(2) takes from a socket is told by the call's return, without a mark (`splicedProbe`).
///
/// Both stand in the caller's memory, and where they do in the registers that the thread entered the kernel with: known of read, readv, recvfrom
/// and recvmsg, and of write, writev, sendto and sendmsg, not of the calls that move several messages at once, nor of io_uring.
let transferProbes =
  [splicedProbe]
  + [("sent", "sock_send_length"), ("received", "sock_recv_length")].map { probe, tracepoint in
    Probe(
      name: probe, site: .tracepoint(tracepoint),
      arguments: transferred
        + [Argument("mark", "uint64_t", .both(probe == "sent" ? .either(isDatagram, isRaw) : isDatagram, mark))]
        // The same types for both, so that a clause may be about both.
        + [("name0", 0, 16), ("name8", 8, 16), ("name16", 16, 28)].map { member, offset, size in
          Argument(member, "uint64_t", probe == "sent" ? named(offset, least: size) : .constant(0))
        })
  }

/// splice(2) out of a socket, of which the tracepoint is not told: `socket:::received` at the call's return.
private let splicedProbe = Probe(
  name: "received", site: .syscall(number: 275, entry: false),
  arguments: [
    Argument("socket", "socketinfo_t *", .socket(.register("di"))), Argument("bytes", "int64_t", .word(1)),
    Argument("flags", "int", .constant(0)), Argument("mark", "uint64_t", .constant(0)),
  ] + ["name0", "name8", "name16"].map { Argument($0, "uint64_t", .constant(0)) },
  condition: .both(
    .compare(.greaterSigned, .word(1), .constant(0)), .isSocket(.file(.register("di")))))

let transferred = [
  Argument("socket", "socketinfo_t *", .word(0)),
  // Negative: the errno of a transfer that failed.
  Argument("bytes", "int64_t", .int(1)),
  Argument("flags", "int", .word(2)),
]

private func register(_ name: String) -> Recipe { .member(.builtin(.userRegisters), type: "pt_regs", path: name) }
/// Whether the thread's system call is one of these.
private func calls(_ numbers: Int64...) -> Recipe {
  numbers.dropFirst().reduce(.equal(register("orig_ax"), numbers[0])) { .either($0, .equal(register("orig_ax"), $1)) }
}
private func word(_ start: Recipe, _ offset: Int, _ width: Width = .double) -> Recipe {
  .userLoad(start, offset: offset, width, signed: false)
}

// MARK: What was moved

/// read, write, sendto, recvfrom; sendmsg, recvmsg; readv, writev.
private let isPlain = calls(0, 1, 44, 45)
private let hasHeader = calls(46, 47)
private let hasVector = calls(19, 20)

/// The call's first `struct iovec`; `msg_iov` is the third word of `struct user_msghdr`.
private let vector = Recipe.choose(
  hasHeader, word(register("si"), 16), .choose(hasVector, register("si"), .constant(0)))
private let buffer = Recipe.choose(
  vector, word(vector, 0), .choose(isPlain, register("si"), .constant(0)))
private let room = Recipe.choose(vector, word(vector, 8), register("dx"))

private let mark = Recipe.choose(
  .both(
    .both(buffer, .compare(.greaterEqualSigned, .int(1), .constant(8))),
    .compare(.greaterEqualSigned, room, least(.int(1), 32))),
  payloadMark(of: buffer, .int(1)), .constant(0))

/// A datagram socket of the internet families.
private let isDatagram = Recipe.both(
  .equal(.member(.word(0), type: "sock", path: "sk_type"), 2),
  .either(
    .equal(.member(.word(0), type: "sock", path: "__sk_common.skc_family"), 2),
    .equal(.member(.word(0), type: "sock", path: "__sk_common.skc_family"), 10)))

/// A raw socket of IPv4 whose packets the kernel gives their header (Linux 6.6 says so in `inet_flags`, in which others are set from the beginning).
private let isRaw = Recipe.both(
  .equal(.member(.word(0), type: "sock", path: "sk_type"), 3),
  .both(
    .equal(.member(.word(0), type: "sock", path: "__sk_common.skc_family"), 2),
    .both(
      inetFlags,
      // INET_FLAGS_HDRINCL
      .equal(.binary(.and, inetFlags, .constant(1 << 12)), 0))))
private let inetFlags = Recipe.member(.word(0), type: "inet_sock", path: "inet_flags")

// MARK: Whom it was sent to

/// sendto's fifth argument and sendmsg's `msg_name`, and how long they are.
private let given = Recipe.choose(
  calls(44), register("r8"), .choose(calls(46), word(register("si"), 0), .constant(0)))
private let nameLength = Recipe.choose(calls(44), register("r9"), word(register("si"), 8, .word))

private func named(_ offset: Int, least: Int64) -> Recipe {
  .choose(
    .both(given, .compare(.greaterEqualSigned, nameLength, .constant(least))), word(given, offset), .constant(0))
}
