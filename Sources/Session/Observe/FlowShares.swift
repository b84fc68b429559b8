import Events

/// What of a flow is whose. A connection may go from hand to hand, a port belong to one process after the other, and on loopback both
/// ends are here: the flow has one owner, its packets have theirs.
///
/// Bounded: a flow that had more owners, or that comes when there are too many in all, has the rest counted as nobody's.
struct FlowShares: Sendable {
  /// The packets of a flow that have one owner.
  struct Share: Sendable {
    /// The surest answer that names this process, or says for this reason that there is none.
    var owner: Owner
    /// From the owner's end, as `FlowGroup` has it.
    var out = Count()
    var back = Count()
    var first: Instant
    var last: Instant
    /// The flow's next one; -1 for none.
    fileprivate var next: Int32
  }
  struct Count: Sendable, BitwiseCopyable {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
  }

  private static let mostOwners = 1024
  /// The owner of what finds no place.
  private static let others = Owner.unattributed("too-many-owners")

  private let limit: Int
  private var shares: [Share] = []
  /// By the flow's index, its first share; -1 for none.
  private var heads: [Int32] = []
  private var free: Int32 = -1

  /// - Parameter limit: the most shares in all, but for two of each flow.
  init(limit: Int) { self.limit = limit }

  /// Counts a packet to a process that has a share of the flow already; false when it has none.
  @inline(__always)
  mutating func add(
    _ flow: Int, _ process: ProcessID, outgoing: Bool, bytes: UInt32, at time: Instant
  ) -> Bool {
    guard flow < heads.count else { return false }
    var place = heads[flow]
    while place >= 0 {
      if let actor = shares[Int(place)].owner.actor, actor.process == process {
        count(Int(place), outgoing, bytes, time)
        return true
      }
      place = shares[Int(place)].next
    }
    return false
  }

  /// Counts a packet to its owner.
  mutating func add(_ flow: Int, _ owner: Owner, outgoing: Bool, bytes: UInt32, at time: Instant) {
    while heads.count <= flow { heads.append(-1) }
    var place = heads[flow]
    var held = 0
    while place >= 0 {
      if isSame(shares[Int(place)].owner, owner) {
        if owner.confidence > shares[Int(place)].owner.confidence { shares[Int(place)].owner = owner }
        return count(Int(place), outgoing, bytes, time)
      }
      held += 1
      place = shares[Int(place)].next
    }
    let isFull = held > 0 && (held >= Self.mostOwners || shares.count >= limit && free < 0)
    if isFull, !isSame(owner, Self.others) {
      return add(flow, Self.others, outgoing: outgoing, bytes: bytes, at: time)
    }
    let share = Share(owner: owner, first: time, last: time, next: heads[flow])
    if free >= 0 {
      place = free
      free = shares[Int(place)].next
      shares[Int(place)] = share
    } else {
      place = Int32(truncatingIfNeeded: shares.count)
      shares.append(share)
    }
    heads[flow] = place
    count(Int(place), outgoing, bytes, time)
  }

  private func isSame(_ a: Owner, _ b: Owner) -> Bool {
    guard let one = a.actor, let other = b.actor else {
      return a.actor == nil && b.actor == nil && a.reason == b.reason
    }
    return one.process == other.process
  }

  @inline(__always)
  private mutating func count(_ place: Int, _ outgoing: Bool, _ bytes: UInt32, _ time: Instant) {
    if outgoing {
      shares[place].out.packets &+= 1
      shares[place].out.bytes &+= UInt64(bytes)
    } else {
      shares[place].back.packets &+= 1
      shares[place].back.bytes &+= UInt64(bytes)
    }
    shares[place].first = min(shares[place].first, time)
    shares[place].last = max(shares[place].last, time)
  }

  /// The flow gave its place to another.
  mutating func forget(_ flow: Int) {
    guard flow < heads.count else { return }
    var place = heads[flow]
    heads[flow] = -1
    while place >= 0 {
      let next = shares[Int(place)].next
      shares[Int(place)].next = free
      free = place
      place = next
    }
  }

  /// The flow's, in no order; empty when nobody said whose its packets are.
  subscript(flow: Int) -> [Share] {
    guard flow < heads.count else { return [] }
    var found: [Share] = []
    var place = heads[flow]
    while place >= 0 {
      found.append(shares[Int(place)])
      place = shares[Int(place)].next
    }
    return found
  }
}
