package import Events

// What the sockets of the process, and of whoever it feeds, bring in and take out.

extension Investigation {
  mutating func observe(_ event: SocketEvent, by actor: Actor, at time: Instant) {
    let pid = actor.process.pid
    hold(event, pid)
    if event.isOfActor { sniff(event, pid, at: time) }
    switch event.action {
    case .send where event.result > 0: sent(event, pid, at: time)
    // TCP_SYN_SENT
    case .state where event.detail & 0xff == 2: asked(event, pid, at: time)
    case .receive where event.result > 0:
      if event.family == 1 { noteReader(pid, at: event.address) }
      if event.isNetfilters { taps.give(event.result, to: pid) }
      if event.family == 2 || event.family == 10 { noteLocalReader(event, pid) }
    case .transmitted where event.family == 17: transmitted(event, pid, at: time)
    default: break
    }
  }

  /// A descriptor that was given to a socket is no file's any more.
  private mutating func hold(_ event: SocketEvent, _ pid: UInt32) {
    switch event.action {
    case .create, .accept, .found, .seen:
      guard event.descriptor >= 0, people[pid] != nil else { return }
      people[pid]?.descriptors[event.descriptor] = DescriptorState(
        number: event.descriptor, kind: .socket, flags: 2, path: Array("socket".utf8))
    case .bind, .connect, .listen, .membership, .attachFilter: break
    default: return
    }
    // A call that failed has changed nothing.
    if event.descriptor >= 0, event.result >= 0 { people[pid]?.sockets[event.descriptor] = HeldSocket(event) }
  }

  private mutating func sniff(_ event: SocketEvent, _ pid: UInt32, at time: Instant) {
    let address = event.address
    // The kernel gives the memory of a socket that was closed to the next one, of whatever kind.
    if let known = sniffers[address], !known.isOfKind(event) { return }
    if sniffers[address] == nil {
      guard var sniffer = Sniffer(event, at: time) else { return }
      guard sniffers.count < Self.mostSniffers else {
        forgotten &+= 1
        return
      }
      if event.action == .create { sniffer.isNew() }
      sniffers[address] = sniffer
    } else if event.action == .create, var sniffer = Sniffer(event, at: time) {
      // The kernel has used the address again.
      sniffer.isNew()
      sniffers[address] = sniffer
    } else {
      sniffers[address]?.update(event)
    }
    if sniffers[address]?.holders[pid] == nil || event.descriptor >= 0 {
      sniffers[address]?.holders[pid] = event.descriptor
    }
    if event.result > 0 {
      if event.action == .receive {
        sniffers[address]?.read(UInt64(event.result), by: pid, at: time, asked: people[pid]?.asked?.last)
      }
      if event.action == .send { sniffers[address]?.sent.add(UInt64(event.result), at: time) }
    }
    if event.action == .close { sniffers[address]?.close(by: pid, at: time) }
    // Who was given the descriptor (SCM_RIGHTS) reads for who has it too.
    guard let sniffer = sniffers[address], sniffer.breadth.isBroad,
      group.contains(pid) || sniffer.holders.keys.contains(where: { group.contains($0) })
    else { return }
    hearing.hasSocket = true
    if sniffer.isRead { hearing.hasHeard = true }
  }

  private mutating func sent(_ event: SocketEvent, _ pid: UInt32, at time: Instant) {
    let bytes = UInt64(event.result)
    switch event.family {
    case 2, 10:
      let remote = (event.remote.address.isAny ? event.destination : event.remote).unmapped
      let sending = Sending(pid: pid, proto: event.proto, remote: remote, interface: 0)
      add(bytes, to: sending, at: time)
      noteLocalWriter(sending)
    case 17:
      add(bytes, to: Sending(pid: pid, proto: 0, remote: .none, interface: event.interface), at: time)
    case 1:
      if event.peer != 0 { noteWriter(pid, bytes, to: event.peer, at: time) }
    default: break
    }
  }

  /// A frame of a packet socket, which its send does not say whom it is for.
  private mutating func transmitted(_ event: SocketEvent, _ pid: UInt32, at time: Instant) {
    let sending = Sending(
      pid: pid, proto: 0, remote: event.destination, interface: event.interface, etherType: event.etherType)
    guard frames[sending] != nil || frames.count < Self.mostRows else {
      forgotten &+= 1
      return
    }
    frames[sending, default: Outflow()].add(UInt64(max(0, event.result)), at: time, hearing: hearing)
    noteRequest(sending, pid, at: time)
  }

  /// A question for a lease, to servers of IPv4 (RFC 2131).
  private mutating func noteRequest(_ sending: Sending, _ pid: UInt32, at time: Instant) {
    guard sending.isDHCP, sending.remote.port == 67 else { return }
    let before = people[pid]?.asked?.count ?? 0
    people[pid]?.asked = (time, before &+ 1)
  }

  private mutating func asked(_ event: SocketEvent, _ pid: UInt32, at time: Instant) {
    let sending = Sending(pid: pid, proto: event.proto, remote: event.remote.unmapped, interface: 0)
    guard attempts[sending] != nil || attempts.count < Self.mostRows else {
      forgotten &+= 1
      return
    }
    attempts[sending, default: Outflow()].add(0, at: time, hearing: hearing)
  }

  private mutating func add(_ bytes: UInt64, to sending: Sending, at time: Instant) {
    guard sends[sending] != nil || sends.count < Self.mostRows else {
      forgotten &+= 1
      return
    }
    sends[sending, default: Outflow()].add(bytes, at: time, hearing: hearing)
    noteRequest(sending, sending.pid, at: time)
  }

  /// Takes a captured packet with its owner, in the order of time: a socket without a fixed peer does not say whom it sends to.
  /// - Parameter bytes: of the frame on the wire.
  package mutating func observe(
    packet key: FlowKey, _ direction: Direction = .unknown, of owner: Owner, bytes: Int, at time: Instant
  ) {
    guard let actor = owner.actor, owner.role != .receiver, owner.role != .kernel else { return }
    // A capture of another program's has nothing but its packets.
    if people[actor.process.pid] == nil { know(actor) }
    if first == nil { first = time }
    last = max(last ?? time, time)
    // Where /proc was not looked at, what left is local too.
    // Who has no address yet asks for one by DHCP.
    let local =
      isLocal(key.source.address.unmapped)
      || direction == .outbound && (people[target]?.state == nil || key.source.address.isAny)
    guard local else { return }
    let sending = Sending(
      pid: actor.process.pid, proto: UInt16(key.proto), remote: key.destination.unmapped, interface: 0)
    guard packets[sending] != nil || packets.count < Self.mostRows else {
      forgotten &+= 1
      return
    }
    packets[sending, default: Outflow()].add(UInt64(max(0, bytes)), at: time, hearing: hearing)
  }

  private mutating func noteWriter(_ pid: UInt32, _ bytes: UInt64, to address: UInt64, at time: Instant) {
    let writers = messages[address]
    guard writers != nil || messages.count < Self.mostRows,
      writers?[pid] != nil || writers?.count ?? 0 < Self.mostPeople
    else {
      forgotten &+= 1
      return
    }
    messages[address, default: [:]][pid, default: Outflow()].add(bytes, at: time, hearing: hearing)
  }

  /// Only of those who are looked at it is known what they could send.
  private mutating func noteLocalWriter(_ sending: Sending) {
    guard people[sending.pid]?.state != nil, isLocal(sending.remote.address), let place = LocalPlace(sending),
      localReaders[place] == nil
    else { return }
    guard localReaders.count < Self.mostRows else {
      forgotten &+= 1
      return
    }
    localReaders[place] = []
  }

  private mutating func noteLocalReader(_ event: SocketEvent, _ pid: UInt32) {
    guard let place = LocalPlace(proto: event.proto, port: event.local.port), let readers = localReaders[place],
      !readers.contains(pid)
    else { return }
    guard readers.count < Self.mostPeople else {
      forgotten &+= 1
      return
    }
    localReaders[place]?.insert(pid)
  }

  private mutating func noteReader(_ pid: UInt32, at address: UInt64) {
    guard readers[address] != nil || readers.count < Self.mostRows else {
      forgotten &+= 1
      return
    }
    readers[address, default: []].insert(pid)
  }

  /// Whether an address is this host's own, so that what is sent there does not leave it.
  func isLocal(_ address: Address) -> Bool {
    if address.isLoopback { return true }
    return group.contains { people[$0]?.state?.addresses.contains(address) ?? false }
  }
}

extension SocketEvent {
  /// Whether the actor has the socket, and is not just whoever ran when something happened to it.
  fileprivate var isOfActor: Bool {
    switch action {
    case .translated, .transmitted, .delivered, .asked, .state: false
    default: true
    }
  }
}
