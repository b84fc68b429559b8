import Answers
import DSemantics
import DSyntax
import Dissection
import IR
import Probes

// What no clause of a program can take of a live capture need not leave the kernel.

/// libpcap's filter for the packets that the program's clauses may want, and for all that is not plain; empty where it must see everything.
///
/// The filter goes by whole conversations, both directions, so that owners and the sums of flows stay what they are. A program that counts
/// packets (`pkt_number`), or reads what applications say, sees everything.
func packetFilter(_ script: Script, _ program: Program) -> String {
  let packets = program.probes.indices.filter { program.probes[$0].hook == .packet }
  let isOfPackets = packets.allSatisfy { program.part(.provider, of: program.probes[$0]) == "packet" }
  guard !packets.isEmpty, isOfPackets, !program.reads(.number) else { return "" }
  var wanted = PacketNeed.nothing
  for clause in program.clauses {
    var ofProbes = PacketNeed.nothing
    for probe in clause.probes where program.probes[probe].hook == .packet {
      ofProbes = ofProbes.union(.of(protocolName: program.part(.function, of: program.probes[probe])))
    }
    guard ofProbes != .nothing else { continue }
    let predicate = script.clauses.indices.contains(clause.number) ? script.clauses[clause.number].predicate : nil
    // What changes something is evaluated for each packet.
    if predicate?.changesSomething == true { return "" }
    wanted = wanted.union(ofProbes.intersection(predicate.map(PacketNeed.when) ?? .everything))
  }
  // Which of a socket's datagrams is whose is told apart by its neighbours, which may go to other ports.
  if case .ports = wanted.udp.named, program.readsOwners { wanted.udp.named = .all }
  return wanted.filter
}

/// What a predicate lets through of the plain frames: of each protocol all, those of some ports or none. It may be more than that, never
/// less.
struct PacketNeed: Hashable {
  enum Ports: Hashable {
    case none, all
    /// Conversations with one of these at either end.
    case ports(Set<UInt64>)
  }
  /// Frames that say they are of a protocol.
  struct Frames: Hashable {
    /// Those whose transport header was read, which D's names for the protocol mean.
    var named: Ports
    /// And those where it could not be.
    var malformed: Bool
    static let none = Frames(named: .none, malformed: false)
    static let all = Frames(named: .all, malformed: true)
    static let named = Frames(named: .all, malformed: false)
    static let malformed = Frames(named: .none, malformed: true)
  }
  var tcp: Frames
  var udp: Frames
  /// ICMP and ICMPv6, which have no ports.
  var icmp: Frames
  var arp: Bool

  static let nothing = PacketNeed(tcp: .none, udp: .none, icmp: .none, arp: false)
  static let everything = PacketNeed(tcp: .all, udp: .all, icmp: .all, arp: true)
  private static let tcp = PacketNeed(tcp: .named, udp: .none, icmp: .none, arp: false)
  private static let udp = PacketNeed(tcp: .none, udp: .named, icmp: .none, arp: false)
  private static let icmp = PacketNeed(tcp: .none, udp: .none, icmp: .named, arp: false)
  private static let malformed = PacketNeed(tcp: .malformed, udp: .malformed, icmp: .malformed, arp: false)

  /// Frames that fire probes of this name.
  static func of(protocolName: String) -> PacketNeed {
    switch PacketProtocol(rawValue: protocolName) {
    case .tcp: .tcp
    case .udp: .udp
    case .icmp, .icmp6: .icmp
    case .arp: PacketNeed(tcp: .none, udp: .none, icmp: .none, arp: true)
    case .ip, .ip6, .other: .malformed
    case nil: .everything
    }
  }

  func union(_ other: PacketNeed) -> PacketNeed {
    PacketNeed(
      tcp: tcp.union(other.tcp), udp: udp.union(other.udp), icmp: icmp.union(other.icmp), arp: arp || other.arp)
  }

  func intersection(_ other: PacketNeed) -> PacketNeed {
    PacketNeed(
      tcp: tcp.intersection(other.tcp), udp: udp.intersection(other.udp), icmp: icmp.intersection(other.icmp),
      arp: arp && other.arp)
  }

  // MARK: Predicates

  /// When the expression may be true.
  static func when(_ expression: Expression) -> PacketNeed {
    switch expression.kind {
    case .binary(.logicalAnd, let left, let right): when(left).intersection(when(right))
    case .binary(.logicalOr, let left, let right): when(left).union(when(right))
    case .binary(.equal, let left, let right): equal(left, right) ?? equal(right, left) ?? .everything
    case .binary(.notEqual, let left, let right):
      isZero(right) ? nonzero(left) : isZero(left) ? nonzero(right) : .everything
    case .binary(.greater, let left, let right), .binary(.less, let right, let left):
      constant(right) == nil ? .everything : nonzero(left)
    case .binary(.greaterEqual, let left, let right), .binary(.lessEqual, let right, let left):
      (constant(right) ?? 0) == 0 ? .everything : nonzero(left)
    default: nonzero(expression)
    }
  }

  /// When the value may be other than zero: members of a header that is not there are zero, and so is the pointer to it.
  private static func nonzero(_ expression: Expression) -> PacketNeed {
    switch expression.kind {
    case .arrow(let base, _): header(base)
    case .index: header(expression)
    case .binary(.and, let left, let right): nonzero(left).intersection(nonzero(right))
    case .binary(.logicalAnd, _, _), .binary(.logicalOr, _, _), .binary(.equal, _, _), .binary(.notEqual, _, _),
      .binary(.greater, _, _), .binary(.less, _, _), .binary(.greaterEqual, _, _), .binary(.lessEqual, _, _):
      when(expression)
    default: .everything
    }
  }

  /// When a member of a packet's arguments, or the probe's name, is a constant; nil when that is not what is compared.
  private static func equal(_ value: Expression, _ other: Expression) -> PacketNeed? {
    if case .identifier("probefunc") = value.kind, case .string(let name) = other.kind {
      return .of(protocolName: String(decoding: name, as: UTF8.self))
    }
    guard let constant = constant(other), constant != 0, case .arrow(let base, let member) = value.kind else {
      return nil
    }
    switch (argument(base), member) {
    case (2, "ip_proto"): return ofNumber(constant)
    case (4, "tcp_sport"), (4, "tcp_dport"):
      return PacketNeed(tcp: Frames(named: .ports([constant]), malformed: false), udp: .none, icmp: .none, arp: false)
    case (5, "udp_sport"), (5, "udp_dport"):
      return PacketNeed(tcp: .none, udp: Frames(named: .ports([constant]), malformed: false), icmp: .none, arp: false)
    default: return nonzero(value)
    }
  }

  private static func ofNumber(_ proto: UInt64) -> PacketNeed {
    switch proto {
    case 6: PacketNeed(tcp: .all, udp: .none, icmp: .none, arp: false)
    case 17: PacketNeed(tcp: .none, udp: .all, icmp: .none, arp: false)
    case 1, 58: PacketNeed(tcp: .none, udp: .none, icmp: .all, arp: false)
    default: .nothing
    }
  }

  private static func header(_ expression: Expression) -> PacketNeed {
    switch argument(expression) {
    case 4: .tcp
    case 5: .udp
    case 6: .icmp
    default: .everything
    }
  }

  /// The number of an `args[n]`.
  private static func argument(_ expression: Expression) -> UInt64? {
    guard case .index(let base, let parts) = expression.kind, case .identifier("args") = base.kind, parts.count == 1
    else { return nil }
    return constant(parts[0])
  }

  private static func constant(_ expression: Expression) -> UInt64? {
    guard case .integer(let value, _, _) = expression.kind, value <= UInt64(Int32.max) else { return nil }
    return value
  }

  private static func isZero(_ expression: Expression) -> Bool {
    if case .identifier("NULL") = expression.kind { return true }
    return constant(expression) == 0
  }
}

extension PacketNeed.Frames {
  fileprivate func union(_ other: Self) -> Self {
    Self(named: named.union(other.named), malformed: malformed || other.malformed)
  }
  fileprivate func intersection(_ other: Self) -> Self {
    Self(named: named.intersection(other.named), malformed: malformed && other.malformed)
  }
}

extension PacketNeed.Ports {
  fileprivate func union(_ other: Self) -> Self {
    switch (self, other) {
    case (.none, let some), (let some, .none): some
    case (.all, _), (_, .all): .all
    case (.ports(let one), .ports(let two)): .ports(one.union(two))
    }
  }
  /// Of two sets of ports the smaller: a conversation may have one of each at its ends.
  fileprivate func intersection(_ other: Self) -> Self {
    switch (self, other) {
    case (.none, _), (_, .none): .none
    case (.all, let some), (let some, .all): some
    case (.ports(let one), .ports(let two)): .ports(one.count <= two.count ? one : two)
    }
  }
}

// MARK: The filter

extension PacketNeed {
  /// In libpcap's language (pcap-filter(7)): everything but what is known not to be needed. A load beyond a frame's end would drop it, so
  /// what is short is not looked at.
  var filter: String {
    var unneeded = [tcp.unneeded("tcp", numbers: (6, 6)), udp.unneeded("udp", numbers: (17, 17), but: udpTunnelPorts)]
    unneeded.append(icmp.unneeded("icmp", numbers: (1, 58)))
    let all = unneeded.compactMap { $0 } + (arp ? [] : ["arp"])
    return all.isEmpty ? "" : "not (" + all.joined(separator: " or ") + ")"
  }
}

extension PacketNeed.Frames {
  /// Frames of the protocol that nobody needs; nil when there are none.
  fileprivate func unneeded(_ name: String, numbers: (ipv4: Int, ipv6: Int), but tunnels: [UInt16] = []) -> String? {
    guard !malformed, named != .all else { return nil }
    var kept = tunnels.map(UInt64.init)
    if case .ports(let ports) = named { kept += ports.sorted() }
    // Without options, fragments and extension headers.
    let plain =
      "(greater 64 and ((ip and ip[0] = 0x45 and ip[6:2] & 0x3fff = 0 and ip[9] = \(numbers.ipv4)) or (ip6 and ip6[6] = \(numbers.ipv6))))"
    guard !kept.isEmpty else { return plain }
    return "(\(plain) and not (" + kept.map { "\(name) port \($0)" }.joined(separator: " or ") + "))"
  }
}

// MARK: What the program reads

extension Program {
  fileprivate func reads(_ slot: PacketSlot) -> Bool {
    steps { $0 == .fed(slot.rawValue) || $0 == .text(slot.rawValue) }
  }

  /// Whether it looks at whose a packet is.
  fileprivate var readsOwners: Bool {
    let slots: [PacketSlot] = [.cookie, .pid, .role, .confidence, .reason]
    return steps { read in
      switch read {
      case .fed(let slot), .text(let slot): slots.contains { $0.rawValue == slot }
      case .task: true
      }
    }
  }

  private enum Input: Equatable { case fed(Int), text(Int), task }

  private func steps(_ isMeant: (Input) -> Bool) -> Bool {
    clauses.contains { clause in
      clause.blocks.contains { block in
        block.steps.contains { step in
          switch step {
          case .fed(_, let slot): isMeant(.fed(slot))
          case .textFed(_, let slot): isMeant(.text(slot))
          case .textBuiltin: isMeant(.task)
          case .builtin(_, let value): Self.ofTheTask.contains(value) && isMeant(.task)
          default: false
          }
        }
      }
    }
  }

  private static let ofTheTask: Set<Builtin> = [.pid, .tid, .ppid, .uid, .gid, .processStart]
}
