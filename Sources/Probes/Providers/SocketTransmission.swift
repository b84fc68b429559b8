import IR

/// `socket:::transmitted`: a frame of a socket that is no stream's leaves by an interface, just after packet sockets have seen it.
///
///     args[0]  the socket
///     args[1]  the bytes behind the link header
///     args[2]  the frame's mark: what `frameMark` makes of its first 64 bytes; 0 when they do not lie in one piece
///     args[3]  not 0 when other sockets may be bound to the same port (SO_REUSEADDR, SO_REUSEPORT)
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
  ],
  condition: .both(
    transmittingSocket,
    .compare(
      .notEqual,
      .load(.address(transmittingSocket, type: "sock", path: "sk_type"), offset: 0, .half, signed: false), .constant(1))
  ))

private let linkHeader = Recipe.load(
  .address(
    .load(.address(.word(0), type: "sk_buff", path: "dev"), offset: 0, .double, signed: false), type: "net_device",
    path: "hard_header_len"), offset: 0, .half, signed: false)
private let length = Recipe.binary(.subtract, .member(.word(0), type: "sk_buff", path: "len"), linkHeader)
/// Of them those that do not lie elsewhere, in pages.
private let inOnePiece = Recipe.binary(.subtract, length, .member(.word(0), type: "sk_buff", path: "data_len"))
private let start = Recipe.binary(.add, .member(.word(0), type: "sk_buff", path: "data"), linkHeader)

private let mark = frameMark(of: start, length, inOnePiece: inOnePiece)
