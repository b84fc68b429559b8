import Dissection
package import Events

/// Joins packets to the processes they belong to: it watches what the kernel told of sockets and processes, and is asked whose a packet is.
///
/// It knows no kernel and no clock, only values in the order they are given. Events should come in the order of time, and a packet should be
/// asked about after the events of the next `Timeline.lookahead` nanoseconds: a call is told of when it is done, and by then its packets have
/// long left. `Timeline` sees to both. Equal input gives equal answers, live or from a recording.
///
/// Who a packet belongs to is looked up once per conversation and direction; the answer is kept together with the span of time in which it holds, and
/// with the versions of the socket and process that it rests on.
package struct Correlator: Sendable {
  package let limits: CorrelationLimits
  var processes: ProcessTable
  var sockets: SocketTable
  var cache: OwnerCache
  var fragments: FlowTableFragments
  var strangers: Strangers
  /// Connections that a listener was asked for.
  var requests: ConnectionMarks
  /// Conversations of other machines that this one passes on under other ends.
  var passing: Passers
  /// How many of these, and of `inquiries`, were new: each may make what was answered before untrue.
  var translations: UInt64 = 0
  var echoes: Echoes
  /// What packet sockets asked, to whose ports an answer may come.
  var inquiries = Inquiries()
  /// Addresses of a namespace's interfaces, where the caller knows them.
  var networks: [UInt64: OwnNetwork] = [:]
  /// The first event's time; nil before.
  var start: Int64?
  /// Losses of events that were told of, and how many events that is.
  var losses: UInt64 = 0
  /// When something was last sent that can look like anybody's: by a packet socket, or a raw one.
  var lastInjection = Int64.min
  /// When a neighbour's address was last told in a network namespace, by ARP or Neighbor Discovery; begun anew beyond 1,024 of them.
  var neighbours: [UInt64: Int64] = [:]
  var transmissions = Transmissions()
  /// Frames of packet sockets that were not read as they left; in place of the mark the bytes behind the link header.
  var unreadFrames = Transmissions()
  /// Datagrams that were put into a socket's queue, as the kernel told of them.
  var deliveries = Transmissions()
  /// Datagrams that came in, by what they carry, and by their port alone.
  var arrivals = Arrivals()
  var portArrivals = Arrivals()
  /// The mark of the packet in hand; 0 when it has none.
  var mark: UInt64 = 0
  /// The same of a datagram's payload, and of an echo's data (`payloadMark`).
  var payload: UInt64 = 0
  var echo: UInt64 = 0
  /// What the packet in hand says of its place in a connection of Multipath TCP, and what those before it said.
  var mapping = MultipathMapping()
  var subflows = Subflows()
  /// Neither end of the packet in hand is this machine's: it is passed on, and no socket that is bound to any address has it.
  var isPassedOn = false
  /// It is for another station: the kernel drops it (PACKET_OTHERHOST), and no socket that is bound to its port has it.
  var isOthers = false
  /// The number of the interface that the packet in hand was seen on; 0 when that is not known.
  var device: UInt32 = 0
  /// Every receive is told of, and of TCP's with the number of the byte that is next: what nobody took lies in the queue yet.
  package var hearsReaders = false
  /// Of each frame that is told of as it leaves it is told who gave it to the queue, but for those of before a socket had several senders.
  package var hearsSenders = false
  /// Receives that are not observed yet.
  var takings = Takings()
  /// How it is known that what the packet in hand carries was read.
  var reading = Reading.unasked
  /// Its bytes are taken for read: what is asked is who it would be of then.
  var assumesRead = false
  /// The packet in hand lies in a queue, and nobody is known to have read it.
  package var isUnread = false
  /// What was answered of it.
  var unread: Answer?
  /// Who took it later than what was observed.
  var reader: Actor?
  /// Sockets to choose from, of the packet in hand.
  var candidates: [Int32] = []
  /// How well they fit the moment (`SocketTie.rank`); the largest number when there are none.
  var nearestRank = Int64.max

  /// The time of the latest event, and what that was when events were last said to be lost; nanoseconds since 1970.
  private var latestEvent = Int64.min
  private var latestLoss = Int64.min
  private var latestFrameLoss = Int64.min

  var eventCount: UInt64 = 0
  var unidentified: UInt64 = 0
  var forgottenUsers: UInt64 = 0
  var reasonCounts = [UInt64](repeating: 0, count: Reason.allCases.count)
  var attributed: UInt64 = 0
  var byKernel: UInt64 = 0
  var lostBy: [String: UInt64] = [:]

  /// - Parameter seed: of the hashes over what comes from the wire; only tests and benchmarks choose it. No answer depends on it.
  package init(limits: CorrelationLimits = CorrelationLimits(), seed: UInt64 = .random(in: .min ... .max)) {
    self.limits = limits
    processes = ProcessTable(limits)
    sockets = SocketTable(limits)
    cache = OwnerCache(limit: limits.conversations, seed: seed)
    fragments = FlowTableFragments(seed: seed)
    strangers = Strangers(seed: seed, limit: limits.strangers)
    requests = ConnectionMarks(seed: seed, need: limits.handshake, limit: limits.strangers)
    passing = Passers(seed: seed, limit: limits.passers)
    echoes = Echoes()
  }

  /// The run began: what is older is `before-start`. Without this the first event's time counts.
  package mutating func begin(at time: Instant) { start = time.nanoseconds }

  /// The addresses of a network namespace's interfaces, or those it has now. Packets from and to none of them are forwarded.
  /// - Parameters:
  ///   - prefixes: networks whose addresses are all its own.
  ///   - broadcasts: the broadcast addresses of its subnets; where none is known, those that end in .255 may be.
  ///   - hardware: its interfaces' Ethernet addresses, as `Layers` has them; where none is known, any may be.
  package mutating func know(
    addresses: [Address], prefixes: [AddressPrefix] = [], broadcasts: Set<Address> = [], hardware: Set<UInt64> = [],
    in namespace: UInt64
  ) {
    let own = OwnNetwork(
      addresses: Set(addresses.map(\.unmapped)), prefixes: prefixes, broadcasts: broadcasts, hardware: hardware)
    guard networks[namespace] != own else { return }
    networks[namespace] = own.addresses.isEmpty ? nil : own
    cache.forget()
  }

  package mutating func observe(_ event: Event) {
    eventCount &+= 1
    let time = event.time.nanoseconds
    if start == nil { start = time }
    latestEvent = max(latestEvent, time)
    switch event.what {
    case .process(let what): observe(what, by: event.actor, at: time)
    case .socket(let what): observe(what, by: event.actor, at: time)
    case .loss(let stage, let count): lost(stage, count)
    case .file, .call, .stack, .state, .descriptors, .container, .attachment, .resolvers: break
    }
  }

  /// Another stage lost something. Losses of events make "there is no such socket" unsayable.
  package mutating func lost(_ stage: String, _ count: UInt64) {
    guard count > 0 else { return }
    lostBy[stage, default: 0] &+= count
    if packetStages.contains(stage) { return }
    losses &+= count
    if stage == framesStage { latestFrameLoss = latestEvent } else { latestLoss = latestEvent }
  }

  /// Whether what somebody did near a moment may be among what was lost.
  func isDoubtful(_ time: Int64) -> Bool { isNear(latestLoss, time) || isNear(latestFrameLoss, time) }

  /// The same of what somebody did with one socket: whose a stream is, nothing says that the kernel tells of frames alone.
  func isDoubtful(_ slot: Int, _ time: Int64) -> Bool {
    isNear(latestLoss, time) || !sockets.entries[slot].isTCP && isNear(latestFrameLoss, time)
  }

  private func isNear(_ loss: Int64, _ time: Int64) -> Bool {
    loss != .min && time >= loss.saturatingSubtract(limits.doubtBefore)
      && time <= loss.saturatingAdd(limits.doubtAfter)
  }

  /// Connections that pass on under other ends and found no place while packets of theirs could still come.
  package var forgottenPassers: UInt64 { passing.forgotten }

  package var statistics: CorrelationStatistics {
    var statistics = CorrelationStatistics()
    statistics.events = eventCount
    statistics.unidentified = unidentified
    statistics.packets = reasonCounts.reduce(0, &+)
    statistics.attributed = attributed
    statistics.kernel = byKernel
    statistics.unattributed = statistics.packets &- attributed &- byKernel
    for reason in Reason.allCases where reasonCounts[Int(reason.rawValue)] > 0 {
      statistics.reasons[reason] = reasonCounts[Int(reason.rawValue)]
    }
    statistics.evictedProcesses = processes.evictions
    statistics.refusedProcesses = processes.refused
    statistics.evictedSockets = sockets.evictions
    statistics.evictedAliases = sockets.evictedAliases
    statistics.forgottenUsers = forgottenUsers
    statistics.forgottenPassers = forgottenPassers
    statistics.evictedConversations = cache.evictions
    statistics.lost = lostBy
    return statistics
  }
}

/// What of a network namespace's addresses is its own.
struct OwnNetwork: Sendable, Equatable {
  var addresses: Set<Address>
  var prefixes: [AddressPrefix]
  var broadcasts: Set<Address>
  var hardware: Set<UInt64>
}
