import Events

/// A socket, open or closed: what it is, what it was bound and connected to when, and who did what with it.
struct SocketEntry: Sendable {
  var id: SocketID
  /// Of the `struct sock`.
  var address: UInt64
  /// Tells it from the sockets that had its place before.
  var serial: UInt64
  /// False until its first event was read.
  var isDescribed = false
  var family: UInt16 = 0
  var type: UInt16 = 0
  var proto: UInt16 = 0
  var local = Endpoint.none
  var remote = Endpoint.none
  var interface: UInt32 = 0
  var isListening = false
  /// There before the run.
  var isFound = false
  /// Its beginning was seen: `create`, or the change from CLOSE to SYN_SENT.
  var isBorn = false
  /// It is the server's end of a connection.
  var isAccepted = false
  /// First and last event, nanoseconds since 1970.
  var first: Int64
  var last: Int64
  /// When nobody held it any more, and when TCP was done with it; the largest number until then.
  var closed = Int64.max
  var dead = Int64.max
  /// Who closed it was not the last one to have it.
  var isElsewhere = false
  /// The state that TCP left it from: a number of `enum` in `include/net/tcp_states.h`.
  var lastState: UInt8 = 0
  /// The state that TCP is in; 0 while no change of it was seen.
  var state: UInt8 = 0

  /// The kernel's address of the socket that programs have of it: it is a subflow of MPTCP; else 0.
  var parent: UInt64 = 0
  /// That socket, once it is known: its address may be another's later.
  var connection: SocketReference?

  /// Where it is found now, and all the keys that lead or led to it, oldest first.
  var key: SocketKey?
  var keys: [SocketKey] = []
  /// Ends that its packets have on the wire (NAT), and those of connections that it was asked for.
  var aliases = Aliases()
  /// The ends it had when `key` was noted, and whether that no longer holds.
  var tiedLocal = Address.none
  var tiedRemote = Endpoint.none
  var isUntied = false

  var users: [SocketUser] = []
  /// Users that did something and found no place.
  var unnamedUsers: UInt64 = 0
  /// All that processes did with it, in the order of time.
  var uses = Runs()
  /// A stream's bytes by who sent them.
  var sent = Runs()
  /// The same by sequence number, where the kernel told that.
  var written = StreamBytes()
  /// Which bytes of what came in which of its users took.
  var taken = StreamBytes()
  var sends = Transfers()
  var receives = Transfers()
  /// The number of the receive after the one that was last found to be a datagram's, and that datagram.
  var nextReceive: UInt64 = 0
  var lastRead: (mark: UInt64, length: Int64, time: Int64) = (0, -1, .min)
  /// Since when its frames are told of as they leave, and since when it is known that several processes send; the largest number until
  /// then. Who alone had sent before.
  var firstTransmission = Int64.max
  var sharedSince = Int64.max
  var soleSender: UInt32 = 0
  /// TCP: the sequence number of the first byte that this end sends, when its SYN was seen.
  var sendBase: UInt32?
  /// The bytes sent are not those since the connection began: there may have been some before the run.
  var isPartial = false
  /// Losses of events that were known when it was first heard of: if there are more now, sends may be missing.
  var losses: UInt64 = 0

  var filter: [UInt8] = []
  var isPromiscuous = false

  var isInternet: Bool { family == 2 || family == 10 }
  /// IPPROTO_MPTCP: its bytes have numbers of their own, which are none of those in TCP's headers.
  var isMultipath: Bool { proto == 262 && type == 1 && isInternet }
  /// IPPROTO_MPTCP (262) is TCP on the wire.
  var isTCP: Bool { isInternet && type == 1 && (proto == 6 || proto == 0 || proto == 262) }
  var isRaw: Bool { isInternet && type == 3 }
  /// Whether dissection ends before what an IP protocol carries: ICMP, IGMP, TCP, UDP, DCCP, ICMPv6, SCTP, UDP-Lite, and what has another packet in it do not; nor
  /// is it known of IPPROTO_RAW.
  static func isUnread(_ proto: UInt16) -> Bool {
    ![1, 2, 4, 6, 17, 33, 41, 47, 50, 51, 58, 115, 132, 136, 137, 255].contains(proto) && proto < 256
  }
  var isPacket: Bool { family == 17 }

  /// By what a packet's headers find it, as it is now; nil when they cannot.
  var wireKey: SocketKey? {
    if isPacket { return .packet }
    guard isInternet else { return nil }
    if type == 3 { return .raw(UInt8(truncatingIfNeeded: proto)) }
    let number: UInt8
    switch (type, proto) {
    case (1, 0), (1, 262): number = 6
    case (2, 0): number = 17
    default: number = UInt8(truncatingIfNeeded: proto)
    }
    // The port of a ping socket is the identifier of its echoes.
    if type == 2, number == 1 || number == 58 { return local.port == 0 ? nil : .port(number, local.port) }
    if isListening { return .port(number, local.port) }
    if remote.port != 0 {
      return local.port == 0 ? (isTCP ? .connecting(number, remote) : nil) : .ends(number, local, remote)
    }
    return local.port == 0 || isTCP ? nil : .port(number, local.port)
  }

  /// The user's number; nil when the process has nothing to do with the socket.
  @inline(__always)
  func user(_ party: Party) -> Int? { users.firstIndex { $0.party.process == party.process } }

  /// Forgets the users who let go of the socket before `time`, with what they moved. What a stream still has of theirs is nobody's that is known.
  /// - Returns: how many they were.
  mutating func forgetUsers(releasedBefore time: Int64) -> Int {
    var numbers = [Int32](repeating: -1, count: users.count)
    var kept: [SocketUser] = []
    for (number, user) in users.enumerated() where user.released >= time {
      numbers[number] = Int32(kept.count)
      kept.append(user)
    }
    let forgotten = users.count - kept.count
    guard forgotten > 0 else { return 0 }
    users = kept
    uses.renumber(numbers)
    sent.renumber(numbers)
    written.renumber(numbers)
    taken.renumber(numbers)
    sends.renumber(numbers)
    receives.renumber(numbers)
    nextReceive = 0
    return forgotten
  }

  /// Whether a receive may have been the datagram's that came at a moment: of the same bytes, or where these are not known of as many. The queue
  /// gives them in order, so that it is one after that of the datagram before.
  mutating func wasRead(_ mark: UInt64, _ length: Int64, at time: Int64, _ limits: CorrelationLimits) -> Bool {
    // The same one, asked about again or seen on another interface.
    let distance = time.saturatingSubtract(lastRead.time)
    if mark == lastRead.mark, length == lastRead.length, distance >= 0, distance < limits.passingLag { return true }
    let oldest = receives.forgotten
    let next = nextReceive > oldest && distance >= 0 ? Int(clamping: nextReceive &- oldest) : 0
    var index = max(next, receives.first(from: time.saturatingSubtract(limits.readingMargin)))
    let end = min(receives.count, index + limits.receivesToLookAt)
    while index < end {
      let one = receives[index]
      if mark != 0 && one.mark != 0 ? one.mark == mark : one.bytes == length {
        nextReceive = oldest &+ UInt64(index) &+ 1
        lastRead = (mark, length, time)
        return true
      }
      index += 1
    }
    return false
  }

  /// The only process that did anything with the socket but let go of it, or, when none did, the only one that holds it.
  var onlyUser: Int? {
    if unnamedUsers > 0 { return nil }
    if users.count == 1 { return 0 }
    let own = users.indices.filter { users[$0].deeds.areUse }
    return own.count == 1 ? own[0] : nil
  }
}
