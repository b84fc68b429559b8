import Events

/// A socket that hears what is not spoken to its process: AF_PACKET, AF_XDP, or SOCK_RAW of the internet families.
struct Sniffer: Sendable {
  var family: UInt16
  var type: UInt16
  /// The ethertype of a packet socket, the protocol of a raw one.
  var proto: UInt16
  /// 0 is all interfaces.
  var interface: UInt32
  /// PACKET_MR_* of a membership: 1 is promiscuous; 0 none.
  var membership: UInt64 = 0
  var filterKind = SocketEvent.FilterKind.none
  var breadth: FilterBreadth
  var hasRing = false
  /// The processes that were seen with it, and their descriptors.
  var holders: [UInt32: Int32] = [:]
  /// When it was first seen.
  var since: Instant
  /// What was read from it by calls, and by whom.
  private(set) var received: Volume?
  private(set) var readers: Set<UInt32> = []
  /// What was sent by it.
  var sent: Volume?
  /// It was made while it was watched.
  private var isMadeHere = false
  /// Somebody began to read from it, whether or not something came.
  private(set) var isAsked = false
  /// Who has closed it, and when it was closed last.
  private var closers: Set<UInt32> = []
  private var closed: Instant?
  /// What waited in it at the last look.
  private var queued: UInt64 = 0
  /// Somebody asked for its statistics, which sets its own counter back.
  private(set) var isReset = false
  /// The other end, of a raw socket that is connected.
  private var remote = Endpoint.none
  /// Its own counter: at first sight, and how far it has moved since.
  private var counter: UInt32?
  private(set) var counted: UInt64 = 0
  private(set) var countedBefore: UInt64 = 0
  private var judged: Judged?

  /// Sockets that hear more than what is addressed to them; nil for any other.
  init?(_ event: SocketEvent, at time: Instant) {
    guard event.family == 17 || event.family == 44 || event.type == 3 && (event.family == 2 || event.family == 10)
    else { return nil }
    family = event.family
    type = event.type
    proto = event.proto
    interface = event.interface
    since = time
    breadth = .nothing
    update(event)
  }

  /// Whether an event can be this socket's.
  func isOfKind(_ event: SocketEvent) -> Bool { event.family == family && event.type == type }

  /// Takes over what an event says of the socket as it is now.
  mutating func update(_ event: SocketEvent) {
    if event.interface != 0 { interface = event.interface }
    if event.proto != 0 { proto = event.proto }
    if event.family != 17, !event.remote.address.isAny { remote = event.remote.unmapped }
    switch event.action {
    case .found, .seen, .membership: if event.detail != 0 { membership = event.detail }
    default: break
    }
    switch event.action {
    case .found, .seen, .attachFilter:
      filterKind = event.filterKind
      if event.action == .attachFilter, event.filterKind == .none, !event.filter.isEmpty { filterKind = .classic }
      hasRing = hasRing || event.hasRing
      judge(event.filter)
      count(event.frames)
      if event.action != .attachFilter { queued = UInt64(event.queued) }
    case .close, .statistics:
      hasRing = hasRing || event.hasRing
      count(event.frames)
      if event.action == .statistics {
        counter = 0
        isReset = true
      }
    case .create: judge([])
    default: if filterKind == .none { judge([]) }
    }
  }

  private mutating func count(_ frames: UInt32) {
    if let counter {
      // Whoever reads the statistics sets the counter back.
      counted &+= UInt64(frames >= counter ? frames - counter : frames)
    } else {
      countedBefore = UInt64(frames)
    }
    counter = frames
  }

  /// Bytes that one of its holders, or who was given it, has read.
  /// - Parameter asked: when he asked for a lease last.
  mutating func read(_ bytes: UInt64, by pid: UInt32, at time: Instant, asked: Instant? = nil) {
    received.add(bytes, at: time)
    readers.insert(pid)
    if time.since(max(since, asked ?? since)) > Self.answering { isReadUnasked = true }
  }

  /// Something was read long after its reader had asked for a lease, or that asked for none.
  private(set) var isReadUnasked = false
  /// Nanoseconds within which a server of DHCP answers, or the client asks again (RFC 2131 §4.1 begins with four seconds, and doubles).
  private static let answering: Int64 = 10_000_000_000

  /// Bound to IPv4 and to one interface, not promiscuous and read by calls: what a client of DHCP needs that has no address yet.
  var isForLease: Bool {
    family == 17 && proto == 0x0800 && interface != 0 && membership == 0 && !hasRing && received != nil
      && !isReadUnasked
  }

  /// Somebody reads, or waits for something to read.
  mutating func ask() { isAsked = true }

  mutating func close(by pid: UInt32, at time: Instant) {
    closers.insert(pid)
    closed = time
  }

  /// A socket that was made in the run has counted nothing before.
  mutating func isNew() {
    counter = 0
    isMadeHere = true
  }

  /// A trial of a filter may take a tenth of a second: it is made again only when something has changed.
  private mutating func judge(_ filter: [UInt8]) {
    let now = Judged(kind: filterKind, proto: proto, filter: filter)
    if judged == now { return }
    judged = now
    breadth = breadth(filter)
  }

  /// What `breadth` was found for.
  private struct Judged: Sendable, Equatable {
    var kind: SocketEvent.FilterKind
    var proto: UInt16
    var filter: [UInt8]
  }

  private func breadth(_ filter: [UInt8]) -> FilterBreadth {
    // Which those are its XDP program decides, whose code nobody here reads.
    if family == 44 { return .broad(["the frames that an XDP program hands it"]) }
    if family != 17 { return Self.raw(proto) }
    if proto == 0 { return .nothing }
    // One that is bound to an ethertype is given no other.
    if !Self.carriers.contains(proto) {
      return .service(Self.services[proto] ?? "ethertype 0x" + String(proto, radix: 16))
    }
    switch filterKind {
    case .none: return .everything
    case .extended: return .unknown("an eBPF program decides what it hears")
    case .classic:
      if filter.isEmpty { return .unknown("its filter was not seen") }
      return FilterBreadth(classic: filter, interface: type == 3 ? .ethernet : .raw, seeing: proto)
    }
  }

  /// Ethertypes that carry conversations (3 is all of them): IPv4, IPv6, VLAN tags, MPLS, PPPoE, Ethernet in Ethernet and in MACsec, and storage.
  private static let carriers: Set<UInt16> = [
    3, 0x0800, 0x86dd, 0x8100, 0x88a8, 0x9100, 0x8847, 0x8848, 0x8864, 0x6558, 0x88be, 0x22eb, 0x88e5, 0x88e7, 0x8906,
    0x88a2,
  ]

  /// Of the others those with a name.
  private static let services: [UInt16: String] = [
    0x0004: "IEEE 802.2", 0x0806: "ARP", 0x88cc: "LLDP", 0x888e: "EAPOL", 0x88c7: "802.11 pre-authentication",
    0x88f7: "PTP",
    0x8902: "CFM", 0x8809: "LACP", 0x890d: "802.11 in Ethernet",
  ]

  /// A raw socket of ICMP hears answers to its own process's requests, and errors; one of TCP or UDP everybody's.
  private static func raw(_ proto: UInt16) -> FilterBreadth {
    switch proto {
    case 1, 58: .service("ICMP")
    case 2: .service("IGMP")
    case 112: .service("VRRP")
    case 89: .service("OSPF")
    // IPPROTO_RAW only sends.
    case 255: .nothing
    default: .broad([HeldSocket.protocolName(proto)])
    }
  }

  /// Frames that it gave its readers, as far as anybody counted. What waits in a socket that nobody has read since it was made was given to
  /// nobody.
  var delivered: UInt64 { isUnread ? 0 : max(received?.count ?? 0, less(counted &+ countedBefore)) }

  /// Those that came while it was watched.
  var deliveredWatched: UInt64 { isUnread ? 0 : max(received?.count ?? 0, less(counted)) }

  /// Of these, those that do not wait still.
  private func less(_ frames: UInt64) -> UInt64 { frames > queued ? frames - queued : 0 }

  /// Frames that wait, and that nobody read.
  var waiting: UInt64 { isUnread ? max(queued, counted &+ countedBefore) : 0 }

  /// Of one that was there before nobody knows who read it then, unless all that it has counted waits in it.
  private var isUnread: Bool {
    !hasRing && family == 17 && received == nil
      && (isMadeHere || counted > 0 || queued > 0 && queued >= counted &+ countedBefore)
  }

  /// It was made to send, and not to hear: nobody read a frame, or it is a raw socket that is connected and hears no more than answers to what
  /// it sends (traceroute -T).
  private var onlySends: Bool {
    guard let sent else { return false }
    if isUnread { return true }
    return isMadeHere && family != 17 && remote != .none && (received?.count ?? 0) <= sent.count
  }

  /// A raw socket from which nobody has read since it was made, or tried to: many a program has one to send by (mtr, dhcpcd). Of one that was
  /// there before nobody knows when it is read.
  private var isDeaf: Bool {
    [2, 10].contains(family) && received == nil && !isAsked && isMadeHere
  }

  /// It was made, found good for something or not, and closed at once by all who had it: libpcap tries what an interface can do so.
  private var isTrial: Bool {
    guard isMadeHere, delivered == 0, let closed else { return false }
    return closed.since(since) < Self.trial && closers.isSuperset(of: holders.keys)
  }
  /// Nanoseconds.
  private static let trial: Int64 = 1_000_000_000

  /// Why it is none by which somebody hears others, whatever its filter lets through.
  enum Disuse { case closedAtOnce, onlySends, isNotRead }

  /// nil when somebody may hear by it.
  var disuse: Disuse? { isTrial ? .closedAtOnce : onlySends ? .onlySends : isDeaf ? .isNotRead : nil }

  /// Whether readers were seen reading.
  var isRead: Bool { received != nil }
}
