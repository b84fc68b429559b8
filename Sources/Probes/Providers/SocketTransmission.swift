import IR

/// `socket:::transmitted`: a frame of a socket that is no stream's leaves by an interface, just after packet sockets have seen it.
///
///     args[0]  the socket
///     args[1]  the bytes behind the link header
///     args[2]  the frame's mark: what `frameMark` makes of its first 64 bytes; 0 when they do not lie in one piece
///     args[3]  not 0 when other sockets may be bound to the same port (SO_REUSEADDR, SO_REUSEPORT)
///     args[4]  the frame's ethertype, in network order
///     args[5]  the port that it is for, in host order; 0 of other protocols than TCP and UDP, of fragments but the first, and behind extension
///              headers of IPv6
///     args[6]  the address that it is for in two words as they lie in memory (IPv4's in the second), args[7] the second
///     args[8]  the kernel's address of the `struct sk_buff`
///     args[9]  not 0 when no program has the socket any more: the frame has waited in a queue
let transmissionProbe = Probe(
  name: "transmitted", site: .tracepoint("net_dev_start_xmit"),
  arguments: [
    Argument("socket", "socketinfo_t *", transmittingSocket),
    Argument("bytes", "int64_t", length),
    Argument("mark", "uint64_t", mark),
    // `skc_reuse` and `skc_reuseport`, five bits of the byte behind `skc_state`.
    Argument(
      "shares_port", "int",
      .binary(
        .and,
        .load(
          .address(transmittingSocket, type: "sock", path: "__sk_common.skc_state"), offset: 1, .byte, signed: false),
        .constant(0x1f))),
    Argument("ethertype", "uint16_t", etherType),
    Argument(
      "port", "uint16_t",
      .choose(
        isIPv4, .both(isFirst, port(byte(9), behind: headerLength)), .both(isIPv6, port(byte(6), behind: .constant(40)))
      )),
    Argument("destination_hi", "uint64_t", .choose(isIPv6, word(24), .constant(0))),
    Argument(
      "destination_lo", "uint64_t",
      .choose(isIPv6, word(32), .choose(isIPv4, .load(start, offset: 16, .word, signed: false), .constant(0)))),
    Argument("buffer", "uintptr_t", .word(0)),
    Argument("left", "int", .equal(.member(transmittingSocket, type: "sock", path: "sk_socket"), 0)),
  ],
  condition: isOfNoStream)

/// `socket:::submitted`: such a frame is given to an interface's queue, which it may leave much later and in anybody's time. It is the same
/// `struct sk_buff` then, unless it is divided.
///
///     args[0]  the socket
///     args[1]  the kernel's address of the `struct sk_buff`
///     args[2]  the frame's mark, as `transmitted` has it
let submissionProbe = Probe(
  name: "submitted", site: .tracepoint("net_dev_queue"),
  arguments: [
    Argument("socket", "socketinfo_t *", transmittingSocket),
    Argument("buffer", "uintptr_t", .word(0)),
    Argument("mark", "uint64_t", mark),
  ],
  condition: isOfNoStream)

private let isOfNoStream = Recipe.both(
  transmittingSocket,
  .compare(
    .notEqual,
    .load(.address(transmittingSocket, type: "sock", path: "sk_type"), offset: 0, .half, signed: false), .constant(1)))

private let linkHeader = Recipe.load(
  .address(
    .load(.address(.word(0), type: "sk_buff", path: "dev"), offset: 0, .double, signed: false), type: "net_device",
    path: "hard_header_len"), offset: 0, .half, signed: false)
private let length = Recipe.binary(.subtract, .member(.word(0), type: "sk_buff", path: "len"), linkHeader)
/// Of them those that do not lie elsewhere, in pages.
private let inOnePiece = Recipe.binary(.subtract, length, .member(.word(0), type: "sk_buff", path: "data_len"))
private let start = Recipe.binary(.add, .member(.word(0), type: "sk_buff", path: "data"), linkHeader)

private let etherType = Recipe.member(.word(0), type: "sk_buff", path: "protocol")
private let isIPv4 = Recipe.equal(etherType, 0x0008)
private let isIPv6 = Recipe.equal(etherType, 0xdd86)
private func byte(_ place: Int) -> Recipe { .load(start, offset: place, .byte, signed: false) }
private func word(_ place: Int) -> Recipe { .load(start, offset: place, .double, signed: false) }
private let headerLength = Recipe.binary(.shiftLeft, .binary(.and, byte(0), .constant(15)), .constant(2))
/// No fragment behind the first: thirteen bits of the offset, in network order (RFC 791).
private let isFirst = Recipe.equal(
  .binary(.and, .load(start, offset: 6, .half, signed: false), .constant(0xff1f)), 0)
private func port(_ proto: Recipe, behind length: Recipe) -> Recipe {
  let port = Recipe.load(.binary(.add, start, length), offset: 2, .half, signed: false)
  return .both(
    .either(.equal(proto, 6), .equal(proto, 17)),
    .binary(
      .or, .binary(.shiftLeft, .binary(.and, port, .constant(0xff)), .constant(8)),
      .binary(.shiftRightUnsigned, port, .constant(8))))
}

private let mark = frameMark(of: start, length, inOnePiece: inOnePiece)
