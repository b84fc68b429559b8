import Events

/// What a process sees of others' traffic without a socket that hears it: a program at an interface (tc, XDP), probes where connections are encrypted, or
/// packets that netfilter hands it.
struct Tap: Sendable, Equatable {
  /// Whose it is.
  var holder: UInt32
  /// For people: `a program of tc at eth0`, `probes in SSL_write of /usr/lib/libssl.so.3`.
  var text: String
  /// Whether somebody in user space is given what it sees: a ring buffer or perf's is held, or each call stops for a probe.
  var isRead: Bool
  /// What was not seen, where it is not.
  var lack = "no buffer by which frames could be handed on was seen"
}

/// BPF programs and probes of the process and those it started, as far as they were told.
struct Taps: Sendable {
  /// Programs of tc and XDP, by their number, and who loaded or holds them.
  private var programs: [UInt32: Set<UInt32>] = [:]
  /// Where they are attached.
  private var places: [UInt32: AttachmentEvent] = [:]
  /// Who holds a buffer that programs write to.
  private var buffers: Set<UInt32> = []
  /// By process, the functions that encrypt or decrypt which it has put probes into, by file.
  private var probes: [UInt32: [String: Set<String>]] = [:]
  /// By process, the groups of NFLOG and queues of NFQUEUE whose packets it is given.
  private var netfilter: [UInt32: Set<String>] = [:]
  /// Who was given more than an answer by netfilter.
  private var given: Set<UInt32> = []
  private(set) var forgotten: UInt64 = 0

  private static let most = 4096

  /// - Returns: whether something is tapped now by one of these.
  mutating func note(_ event: AttachmentEvent, by pid: UInt32, of group: Set<UInt32>) -> Bool {
    switch event.kind {
    case .load, .heldProgram:
      guard [3, 4, 6].contains(event.type), group.contains(pid) else { return false }
      guard programs[event.program] != nil || programs.count < Self.most else {
        forgotten &+= 1
        return false
      }
      programs[event.program, default: []].insert(pid)
    case .program, .found:
      guard event.isAtInterface, event.program != 0 else { return false }
      guard places[event.program] != nil || places.count < Self.most else {
        forgotten &+= 1
        return false
      }
      places[event.program] = event
      if group.contains(pid) { programs[event.program, default: []].insert(pid) }
    // Who hears what comes of it holds a socket.
    case .promiscuous: return false
    case .heldNetfilter:
      guard group.contains(pid) else { return false }
      let kind = event.type == AttachmentEvent.netfilterLog ? "NFLOG's group" : "NFQUEUE's queue"
      netfilter[pid, default: []].insert("\(kind) \(event.program)")
    case .heldBuffer:
      if group.contains(pid) { buffers.insert(pid) }
    case .probe:
      let function = printable(event.function)
      guard group.contains(pid), Self.functions.contains(function) else { return false }
      guard probes.count < Self.most else {
        forgotten &+= 1
        return false
      }
      probes[pid, default: [:]][printable(event.path), default: []].insert(function)
      return true
    }
    return !all(of: group).isEmpty
  }

  /// Those that are in place.
  func all(of group: Set<UInt32>) -> [Tap] {
    var taps: [Tap] = []
    for (program, holders) in programs.sorted(by: { $0.key < $1.key }) {
      guard let holder = holders.intersection(group).min() else { continue }
      let isRead = !buffers.isDisjoint(with: group)
      if let place = places[program] {
        let interface = place.path.isEmpty ? "interface \(place.interface)" : printable(place.path)
        let kind = place.type == AttachmentEvent.xdp ? "XDP" : "tc"
        taps.append(Tap(holder: holder, text: "a program of \(kind) at \(interface)", isRead: isRead))
      } else if isRead {
        // Attached in a network namespace that is not looked at: who holds both has it for that.
        taps.append(Tap(holder: holder, text: "a program of tc or XDP at a place that was not seen", isRead: true))
      }
    }
    for (pid, files) in probes.sorted(by: { $0.key < $1.key }) where group.contains(pid) {
      for (path, functions) in files.sorted(by: { $0.key < $1.key }) {
        taps.append(
          Tap(holder: pid, text: "probes in \(functions.sorted().joined(separator: ", ")) of \(path)", isRead: true))
      }
    }
    for (pid, groups) in netfilter.sorted(by: { $0.key < $1.key }) where group.contains(pid) {
      for name in groups.sorted() {
        taps.append(
          Tap(
            holder: pid, text: "packets of netfilter's (\(name))", isRead: given.contains(pid),
            lack: "no packet was seen to come"))
      }
    }
    return taps
  }

  /// A process was given something by netfilter. Its answers are short: `struct nlmsgerr`, and what comes after it to explain.
  mutating func give(_ bytes: Int64, to pid: UInt32) {
    guard bytes > 96, !given.contains(pid) else { return }
    if given.count < Self.most { given.insert(pid) } else { forgotten &+= 1 }
  }

  /// What OpenSSL, GnuTLS, NSS and Go's library are given to encrypt, and give back decrypted.
  private static let functions: Set<String> = [
    "SSL_read", "SSL_read_ex", "SSL_peek", "SSL_write", "SSL_write_ex", "gnutls_record_recv", "gnutls_record_send",
    "PR_Read",
    "PR_Recv", "PR_Write", "PR_Send", "crypto/tls.(*Conn).Read", "crypto/tls.(*Conn).Write",
  ]
}

extension AttachmentEvent {
  /// enum bpf_attach_type: XDP, tcx, netkit, and a filter of tc.
  fileprivate var isAtInterface: Bool {
    [Self.xdp, 46, 47, 54, 55, Self.tcIngress, Self.tcEgress].contains(type)
  }
}
