package import Events

/// What was open and who was there, out of the events of a recording: a later file of it begins with this, so that it can be read
/// alone.
package struct OpenState: Sendable {
  /// Of each holder's sockets, by the kernel's address, the last that was told, as `found`; and how many there are.
  private var sockets: [ProcessID: [UInt64: Event]] = [:]
  private var socketCount = 0
  /// Of each process the program it runs, as `found`.
  private var programs: [ProcessID: Event] = [:]
  /// What /proc said last of those that are watched.
  private var states: [ProcessID: Event] = [:]
  private var descriptors: [ProcessID: Event] = [:]
  /// Of each that is in a container, its group.
  private var containers: [ProcessID: Event] = [:]
  /// Whom the machine, and those that are set otherwise, ask for names.
  private var resolvers: [ProcessID: Event] = [:]
  /// Sockets and processes that found no room: later files do not begin with them.
  package private(set) var lost: UInt64 = 0

  private let limit: Int

  /// `limit`: the most sockets, and the most processes.
  package init(limit: Int = 16 << 10) { self.limit = limit }

  /// Takes in what happened.
  package mutating func learn(_ event: Event) {
    let process = event.actor.process
    switch event.what {
    case .process(.exit): forget(process)
    case .process(.exec(let path, let arguments, _)), .process(.found(let path, let arguments)):
      var found = event
      found.what = .process(.found(path: path, arguments: arguments))
      keep(found, process, in: \.programs)
    case .process(.create(let child)):
      if var place = containers[process] {
        place.actor.process = child
        keep(place, child, in: \.containers)
      }
      guard var found = programs[process] else { return }
      found.actor.parent = process.pid
      found.actor.process = child
      keep(found, child, in: \.programs)
    case .socket(let socket): learn(socket, event)
    case .state: keep(event, process, in: \.states)
    case .descriptors: keep(event, process, in: \.descriptors)
    case .container: keep(event, process, in: \.containers)
    case .resolvers: keep(event, process, in: \.resolvers)
    case .file, .call, .stack, .attachment, .loss: return
    }
  }

  private mutating func learn(_ socket: SocketEvent, _ event: Event) {
    let process = event.actor.process
    switch socket.action {
    case .close: if sockets[process]?.removeValue(forKey: socket.address) != nil { socketCount -= 1 }
    case .create, .bind, .connect, .listen, .accept, .attachFilter, .membership, .found, .seen:
      var found = socket
      found.action = .found
      found.result = 0
      // Only these tell of the membership.
      let tellsAll = [.found, .seen, .membership].contains(socket.action)
      if !tellsAll { found.detail = 0 }
      if case .socket(let before)? = sockets[process]?[socket.address]?.what {
        if found.filter.isEmpty { (found.filter, found.filterKind) = (before.filter, before.filterKind) }
        if found.descriptor < 0 { found.descriptor = before.descriptor }
        if !tellsAll { found.detail = before.detail }
      } else if socketCount >= limit {
        lost &+= 1
        return
      } else {
        socketCount += 1
      }
      var copy = event
      copy.what = .socket(found)
      sockets[process, default: [:]][socket.address] = copy
    case .send, .receive, .shutdown, .setOption, .state, .translated, .transmitted, .written, .delivered, .asked,
      .inherited, .relayed, .statistics:
      return
    }
  }

  private mutating func keep(_ event: Event, _ key: ProcessID, in table: WritableKeyPath<OpenState, [ProcessID: Event]>)
  {
    if self[keyPath: table][key] == nil, self[keyPath: table].count >= limit {
      lost &+= 1
    } else {
      self[keyPath: table][key] = event
    }
  }

  private mutating func forget(_ process: ProcessID) {
    programs[process] = nil
    states[process] = nil
    descriptors[process] = nil
    containers[process] = nil
    resolvers[process] = nil
    socketCount -= sockets.removeValue(forKey: process)?.count ?? 0
  }

  /// What is so at `time`, as events of that time: of processes those that hold a socket or are watched, then what they hold, in the
  /// order in which it was told.
  package func events(at time: Instant) -> [Event] {
    let holders = Set(sockets.keys).union(states.keys).union(descriptors.keys)
    let held = sockets.values.flatMap { Array($0.values) }
    let places = holders.compactMap { containers[$0] }
    return [
      Array(resolvers.values), holders.compactMap { programs[$0] }, places, Array(states.values),
      Array(descriptors.values), held,
    ].flatMap {
      $0.sorted(by: order)
    }.map { event in
      var event = event
      event.time = time
      return event
    }
  }

  private func order(_ one: Event, _ other: Event) -> Bool {
    (one.time, one.actor.process.pid, one.socketAddress) < (other.time, other.actor.process.pid, other.socketAddress)
  }
}

extension Event {
  fileprivate var socketAddress: UInt64 {
    if case .socket(let socket) = what { socket.address } else { 0 }
  }
}
