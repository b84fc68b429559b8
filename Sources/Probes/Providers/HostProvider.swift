import IR

/// What the machine, or a process that is set otherwise, is set to, and what somebody sets.
///
///     resolver       the address of one that is asked for names, once for each: of the machine when the run begins and when they are others,
///                    and args[1] and `pid` are 0 then; of a process in another mount namespace, whose number args[1] is, when it
///                    becomes a program there and they are not the machine's
///     promiscuous    an interface is set to take what is for others: by ioctl(2), SIOCSIFFLAGS, or by rtnetlink; a packet socket's
///                    membership is `socket:::membership`. args[0] is the interface's name, empty where the request has another one, args[1] its
///                    number, or 0 where the request has its name
package let hostProvider = Provider(
  name: "host",
  probes: [
    Probe(
      name: "resolver", site: .event("resolver"),
      arguments: [
        Argument("address", "string", .textFed(slot: 0)), Argument("place", "uint64_t", .fed(slot: 1)),
      ]),
    Probe(
      name: "promiscuous", site: .syscall(number: 16, entry: false),
      // `struct ifreq`: sixteen bytes of a name, then the flags.
      arguments: [
        Argument("device", "string", .userText(.register("dx"))), Argument("interface", "uint32_t", .constant(0)),
      ],
      condition: .both(
        .both(.equal(.word(1), 0), .equal(.register("si"), 0x8914)),
        isPromiscuous(.userLoad(.register("dx"), offset: 16, .half, signed: false))),
      twins: [
        // `struct user_msghdr`: the third word leads to the first `struct iovec`, whose first one leads to what is sent.
        request(
          by: 46,
          .userLoad(.userLoad(.register("si"), offset: 16, .double, signed: false), offset: 0, .double, signed: false)),
        request(by: 44, .register("si")),
      ]),
  ])

/// A request of rtnetlink, as `struct nlmsghdr` and `struct ifinfomsg` are laid out: its type at 4, the interface's number at 20, flags at 24
/// and which of them are to be changed at 28.
private func request(by call: Int, _ message: Recipe) -> Probe {
  func word(_ offset: Int, _ width: Width = .word) -> Recipe {
    .userLoad(message, offset: offset, width, signed: false)
  }
  let socket = Recipe.socket(.register("di"))
  let device = NetworkDevice(number: word(20), inNamespaceOf: socket)
  return Probe(
    name: "", site: .syscall(number: call, entry: false),
    arguments: [
      Argument("device", "string", .kernelText(.choose(device.isFound, device.address(of: "name"), .constant(0)))),
      Argument("interface", "uint32_t", word(20)),
    ],
    condition: .both(
      .both(
        .compare(.greaterEqualSigned, .word(1), .constant(32)),
        .both(
          .isSocket(.file(.register("di"))),
          .both(
            // NETLINK_ROUTE
            .equal(.member(socket, type: "sock", path: "__sk_common.skc_family"), 16),
            .equal(.member(socket, type: "sock", path: "sk_protocol"), 0)))),
      .both(
        // RTM_NEWLINK and RTM_SETLINK
        .both(
          .either(.equal(word(4, .half), 16), .equal(word(4, .half), 19)),
          isPromiscuous(.binary(.and, word(24), word(28)))),
        // The answer comes later: whether it was done the interface itself tells, which asks for the same by its user's flags.
        .choose(device.isFound, isPromiscuous(device.user), device.mayBe))))
}

/// IFF_PROMISC
private func isPromiscuous(_ flags: Recipe) -> Recipe { .binary(.and, flags, .constant(0x100)) }

/// An interface by its number, where it is the first of those that the kernel keeps in one place of its table (NETDEV_HASHENTRIES: 256).
private struct NetworkDevice {
  private let node: Recipe
  private let number: Recipe

  init(number: Recipe, inNamespaceOf socket: Recipe) {
    self.number = number
    let table = Recipe.member(
      .member(socket, type: "sock", path: "__sk_common.skc_net.net"), type: "net", path: "dev_index_head")
    let place = Recipe.binary(.shiftLeft, .binary(.and, number, .constant(255)), .constant(3))
    node = .load(.binary(.add, table, place), offset: 0, .double, signed: false)
  }

  /// The table leads to a member of the interface's `struct net_device`.
  func address(of member: String) -> Recipe {
    .binary(
      .subtract, .address(node, type: "net_device", path: member),
      .address(.constant(0), type: "net_device", path: "index_hlist"))
  }

  var isFound: Recipe {
    .both(
      node, .compare(.equal, .load(address(of: "ifindex"), offset: 0, .word, signed: false), number))
  }

  /// Whether there may be such an interface where it was not found: the request names it otherwise, or several are kept in the place.
  var mayBe: Recipe { .choose(number, .load(node, offset: 0, .double, signed: false), .constant(1)) }

  /// The flags that users have set (`gflags`).
  var user: Recipe { .load(address(of: "gflags"), offset: 0, .half, signed: false) }
}
