/// How much a correlator holds, and how far in time things may lie apart that belong together. Times in nanoseconds.
package struct CorrelationLimits: Sendable {
  /// Processes, the living and the ended.
  package var processes = 1 << 16
  /// Sockets, the open and the closed.
  package var sockets = 1 << 16
  /// Conversations whose owner is kept at hand, each direction one.
  package var conversations = 1 << 16
  /// Processes that one socket remembers, sends and receives that it remembers one by one, changes of hands.
  package var usersPerSocket = 1024
  package var transfersPerSocket = 1 << 14
  package var runsPerSocket = 4096
  /// Other ends that lead to one socket: translated ones, and those of connections that a listener is asked for.
  package var aliasesPerSocket = 4096
  /// Connections of others that are passed on under other ends (NAT), by their ends on either side, those that begin and are nobody's, and as many that listeners are asked for; powers of two.
  package var passers = 1 << 18
  package var strangers = 1 << 16
  /// Programs that one process has been, and sockets that it holds or held.
  package var imagesPerProcess = 32
  package var socketsPerProcess = 4096

  /// How long a socket with too many users remembers those who have let go of it.
  package var userMemory: Int64 = 5_000_000_000

  /// How long before and after a loss of events nobody is guessed of those who share a socket.
  package var doubtBefore: Int64 = 1_000_000_000
  package var doubtAfter: Int64 = 5_000_000_000

  /// How long before its send event a packet may have been seen: the event comes when the call is done.
  package var sendLead: Int64 = 50_000_000
  /// How long after its send event it may be seen: queues and pacing.
  package var sendLag: Int64 = 20_000_000
  /// How long before a receive of its bytes a datagram may have come in: all that is observed, which is `Timeline.lookahead` and the clocks' disagreement.
  package var receiveLead: Int64 = 250_000_000
  /// How long before it equal ones may have come in that still wait.
  package var waitingLag: Int64 = 900_000_000
  /// How long after one receive of a datagram an equal one must come to be another's.
  package var takingMargin: Int64 = 20_000
  /// Datagrams to a port, and receives, among which it is sought which was whose; and how long before the first datagram others may have come that these
  /// receives were of.
  package var takingsToLookAt = 512
  package var takingsBefore: Int64 = 100_000_000
  /// How long before its arrival a datagram may seem to have been read: two clocks do not agree.
  package var readingMargin: Int64 = 50_000
  /// How long a datagram takes from one interface to the next, on each of which it is seen.
  package var passingLag: Int64 = 1_000_000
  /// Receives among which a datagram's own is looked for, beyond that of the one before.
  package var receivesToLookAt = 1024
  /// The same for a packet socket's frames, which nothing holds up; the lag is the clocks' disagreement.
  package var injectionLead: Int64 = 20_000_000
  package var injectionLag: Int64 = 1_000_000
  /// How far a frame's time may lie from that of the event which tells of it.
  package var transmissionPatience: Int64 = 50_000_000
  /// How long after a neighbour's address was told frames leave that had waited for it, and how far from then their sends may be done.
  package var neighbourLag: Int64 = 300_000
  package var neighbourSends: Int64 = 2_000_000
  /// How long a datagram waits for it: three questions, a second apart (`mcast_solicit`, `retrans_time_ms`).
  package var neighbourWait: Int64 = 3_500_000_000
  /// How long a TCP connection's last packets may come after its socket: TIME_WAIT (`TCP_TIMEWAIT_LEN`, 60 s).
  package var timeWait: Int64 = 60_000_000_000
  /// How long a datagram may be queued after its socket was closed.
  package var closedLag: Int64 = 100_000_000
  /// How long a connection's packets may come before the first event that tells of its socket.
  package var handshake: Int64 = 10_000_000_000

  package init() {}
}
