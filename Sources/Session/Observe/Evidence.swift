import Events

/// What the kernel told of sockets and processes, as far as it says whose a packet is.
///
/// Bounded: of a socket how it began and its latest events, of a process its beginnings and its end. When there are too many sockets or
/// processes, those that were heard of first are forgotten, and counted.
struct Evidence: Sendable {
  private struct SocketRecord: Sendable {
    var isNamed = false
    var beginnings: [Event] = []
    var latest: [Event] = []
  }
  private static let mostSockets = 1 << 14
  private static let mostProcesses = 1 << 15
  private static let mostBeginnings = 16
  private static let mostLatest = 256

  private var records: [Int: SocketRecord] = [:]
  private var next = 0
  /// Which record a socket has: by its cookie, and before it has one by its address.
  private var cookies: [SocketID: Int] = [:]
  private var addresses: [UInt64: Int] = [:]
  private var processes: [ProcessID: [Event]] = [:]
  private var order: [ProcessID] = []
  private var oldest = 0
  /// Sockets and processes that were forgotten.
  private(set) var forgotten: UInt64 = 0

  mutating func learn(_ event: Event) {
    switch event.what {
    case .socket(let socket): learn(socket, event)
    case .process(.create(let child)): note(event, of: child)
    case .process: note(event, of: event.actor.process)
    default: break
    }
  }

  private mutating func learn(_ socket: SocketEvent, _ event: Event) {
    guard let number = number(socket) else { return }
    switch socket.action {
    case .send, .receive, .transmitted, .delivered, .written, .close, .shutdown:
      records[number]?.latest.append(event)
      if let count = records[number]?.latest.count, count > Self.mostLatest {
        records[number]?.latest.removeFirst(Self.mostLatest / 2)
      }
    case .seen, .asked, .inherited, .relayed, .statistics: break
    default:
      guard let count = records[number]?.beginnings.count, count < Self.mostBeginnings else { return }
      records[number]?.beginnings.append(event)
    }
  }

  /// The socket's record, begun if there is none.
  private mutating func number(_ socket: SocketEvent) -> Int? {
    let isNamed = socket.socket.cookie != 0
    var found = isNamed ? cookies[socket.socket] : nil
    if found == nil, socket.action != .create, socket.address != 0, let known = addresses[socket.address] {
      // An address is used again: what has another cookie is another socket.
      if !isNamed || records[known]?.isNamed == false { found = known }
    }
    if found == nil {
      guard isNamed || socket.address != 0 else { return nil }
      found = next
      records[next] = SocketRecord()
      next += 1
      if records.count > Self.mostSockets { forgetSockets() }
    }
    if isNamed, let found {
      cookies[socket.socket] = found
      records[found]?.isNamed = true
    }
    if socket.address != 0 { addresses[socket.address] = found }
    return found
  }

  private mutating func forgetSockets() {
    let bound = next - Self.mostSockets / 2
    forgotten &+= UInt64(records.count)
    records = records.filter { $0.key >= bound }
    forgotten &-= UInt64(records.count)
    cookies = cookies.filter { $0.value >= bound }
    addresses = addresses.filter { $0.value >= bound }
  }

  private mutating func note(_ event: Event, of process: ProcessID) {
    if processes[process] == nil {
      order.append(process)
      if processes.count >= Self.mostProcesses {
        processes[order[oldest]] = nil
        oldest += 1
        forgotten &+= 1
        if oldest >= Self.mostProcesses {
          order.removeFirst(oldest)
          oldest = 0
        }
      }
    }
    if processes[process, default: []].count < Self.mostBeginnings { processes[process, default: []].append(event) }
  }

  /// How the socket began, and of its latest events those of the owner that are nearest to the moment, one of a kind before it and one after.
  func events(of socket: SocketID, for process: ProcessID?, near time: Instant) -> [Event] {
    guard let number = cookies[socket], let record = records[number] else { return [] }
    var found = record.beginnings
    for action in [SocketEvent.Action.send, .receive, .transmitted, .delivered, .written, .shutdown, .close] {
      let isFrame = action == .transmitted || action == .delivered
      let all = record.latest.filter {
        guard case .socket(let socket) = $0.what, socket.action == action else { return false }
        return process == nil || $0.actor.process == process || isFrame
      }
      // A frame's own is told of just after it.
      if isFrame {
        if let own = all.first(where: { (0...1_000_000).contains($0.time.since(time)) }) { found.append(own) }
        continue
      }
      if let before = all.last(where: { $0.time < time }) { found.append(before) }
      if let after = all.first(where: { $0.time >= time }) { found.append(after) }
    }
    return found.sorted { $0.time < $1.time }
  }

  /// How the process began, what it became, and its end.
  func events(of process: ProcessID) -> [Event] { processes[process] ?? [] }
}
