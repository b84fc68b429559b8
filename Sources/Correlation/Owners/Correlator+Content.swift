import Dissection
import Events

extension Correlator {
  /// A datagram was captured as it came in, and its owner may be asked for later: told before any packet of its time is asked about.
  /// - Parameter payload: `payloadMark` of its bytes; 0 for none.
  package mutating func arrive(_ payload: UInt64, port: UInt16, namespace: UInt64, at time: Int64) {
    if payload != 0 { arrivals.append(Arrivals.key(payload, port: port, namespace: namespace), at: time) }
    portArrivals.append(Arrivals.key(0, port: port, namespace: namespace), at: time)
  }

  /// Of the users of a datagram socket the one whose call moved exactly the packet's bytes; nil when that is nobody, or may be several.
  func mover(of layers: Layers, _ slot: Int, _ side: Side, _ time: Int64) -> Int? {
    guard side.isOutgoing else {
      let found = payload == 0 ? nil : mover(of: layers, slot, side, time, since: limits.waitingLag)
      return found ?? onlyTaker(layers, slot, side, time)
    }
    guard payload != 0 else { return nil }
    let lag = sendLag(in: sockets.entries[slot].id.namespace, at: time)
    if let found = mover(of: layers, slot, side, time, since: lag) { return found }
    // It may have waited in the queue of a slow interface, unless a call of just now may be its own.
    guard losses == 0, lag < limits.neighbourWait, !hasSent(layers, slot, time, since: lag) else { return nil }
    return mover(of: layers, slot, side, time, since: limits.neighbourWait)
  }

  /// Whether a call near in time sent as many bytes.
  private func hasSent(_ layers: Layers, _ slot: Int, _ time: Int64, since lag: Int64) -> Bool {
    let sends = sockets.entries[slot].sends
    var index = sends.first(from: time.saturatingSubtract(lag))
    while index < sends.count, sends[index].time <= time.saturatingAdd(limits.sendLead) {
      let one = sends[index]
      if one.bytes == Int64(layers.payloadLength), one.mark == 0 || one.mark == payload { return true }
      index += 1
    }
    return false
  }

  private func mover(of layers: Layers, _ slot: Int, _ side: Side, _ time: Int64, since lag: Int64) -> Int? {
    let transfers = side.isOutgoing ? sockets.entries[slot].sends : sockets.entries[slot].receives
    // What comes in lies in the queue until somebody asks for it.
    let latest = time.saturatingAdd(side.isOutgoing ? limits.sendLead : limits.receiveLead)
    var index = transfers.first(from: time.saturatingSubtract(lag))
    var equal: [Transfer] = []
    var unknown: [Transfer] = []
    while index < transfers.count, transfers[index].time <= latest {
      let one = transfers[index]
      if one.mark == payload {
        equal.append(one)
      } else if one.mark == 0, one.bytes == Int64(layers.payloadLength) {
        unknown.append(one)
      }
      index += 1
    }
    func process(_ transfer: Transfer) -> ProcessID {
      sockets.entries[slot].users[Int(transfer.user)].party.process
    }
    // Another's that is not known may have been the same bytes.
    guard let first = equal.first, unknown.allSatisfy({ process($0) == process(first) }) else { return nil }
    if equal.allSatisfy({ process($0) == process(first) }) { return Int(first.user) }
    return side.isOutgoing ? nil : taker(equal, slot, side, time)
  }

  /// Who took one of several equal datagrams: a queue gives them in their order, so that it is the next to have one if none waited when it came,
  /// and no other came before he had it.
  private func taker(_ receives: [Transfer], _ slot: Int, _ side: Side, _ time: Int64) -> Int? {
    guard losses == 0 else { return nil }
    let key = Arrivals.key(payload, port: side.local.port, namespace: sockets.entries[slot].id.namespace)
    let span = time.saturatingSubtract(limits.waitingLag)...time.saturatingAdd(limits.receiveLead)
    guard let all = arrivals.times(key, in: span) else { return nil }
    var waiting = 0
    var isTold = false
    var rest = receives[...]
    for arrival in all {
      // He was told of at the end of his call, and two clocks do not agree to the microsecond.
      let due = arrival.saturatingSubtract(limits.takingMargin)
      while let next = rest.first, next.time < due {
        if isTold, waiting == 1 { return Int(next.user) }
        waiting = max(0, waiting - 1)
        rest.removeFirst()
      }
      // Others wait.
      if arrival >= time, waiting > 0 || arrival > time { return nil }
      isTold = arrival == time
      waiting += 1
    }
    // Nothing came after it.
    return isTold && waiting == 1 ? rest.first.map { Int($0.user) } : nil
  }

  /// Who took a datagram, when he took all that lay in its socket's queue from when that had been empty until it was so again: all that comes to the
  /// port is taken in its order. Receives of what was not seen to come make that unsayable.
  private func onlyTaker(_ layers: Layers, _ slot: Int, _ side: Side, _ time: Int64) -> Int? {
    guard layers.transport == .udp, sockets.entries[slot].type == 2, !layers.isLaterFragment,
      !layers.marks.contains(.moreFragments), !isDoubtful(time)
    else { return nil }
    let key = Arrivals.key(0, port: side.local.port, namespace: sockets.entries[slot].id.namespace)
    let span = time.saturatingSubtract(limits.waitingLag)...time.saturatingAdd(limits.receiveLead)
    guard let all = portArrivals.times(key, in: span, atMost: limits.takingsToLookAt) else { return nil }
    let receives = sockets.entries[slot].receives
    var index = receives.first(from: span.lowerBound)
    let end = receives.first(from: span.upperBound)
    guard end - index <= limits.takingsToLookAt else { return nil }
    let known = span.lowerBound.saturatingAdd(limits.takingsBefore)
    var waiting = 0
    var isAmong = false
    var takers: [Transfer] = []
    var found: [Transfer] = []
    for arrival in all + [Int64.max] {
      let due = arrival.saturatingSubtract(limits.takingMargin)
      while index < end, receives[index].time < due {
        let one = receives[index]
        index += 1
        if waiting == 0, one.time >= known { return nil }
        takers.append(one)
        waiting = max(0, waiting - 1)
        guard waiting == 0 else { continue }
        if isAmong { found = takers }
        isAmong = false
        takers.removeAll(keepingCapacity: true)
      }
      isAmong = isAmong || arrival == time
      waiting += 1
    }
    let process = found.first.map { sockets.entries[slot].users[Int($0.user)].party.process }
    guard found.allSatisfy({ sockets.entries[slot].users[Int($0.user)].party.process == process }) else { return nil }
    return found.first { one in
      one.bytes == Int64(layers.payloadLength) && (one.mark == 0 || one.mark == payload)
    }.map { Int($0.user) }
  }
}
