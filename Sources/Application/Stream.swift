import Bytes

/// A TCP connection that is read: what it carries, and how far each direction is read.
struct Stream: Sendable {
  /// The index of its flow; nil when nobody uses this place.
  var flow: Int?
  /// When it was read last, in segments of all streams; 0 before the first.
  var turn: UInt64 = 0
  /// The ports of the flow's source and destination.
  var ports: [2 of UInt16] = [0, 0]
  /// Which of `sides` began the connection, where its SYN was seen.
  var client: UInt8?
  /// What it carries, once it is known.
  var kind: StreamProtocol = .unknown
  /// What the protocol's reader remembers of both directions.
  var memory: UInt64 = 0
  /// HTTP/2's header tables of both directions, once there are any.
  var headers: [HPACK]?
  /// From the flow's source, and to it.
  var sides: [2 of Side] = [Side(), Side()]

  var isWaiting: Bool { sides[0].held >= 0 || sides[1].held >= 0 }
  var isOver: Bool { sides[0].isOver && sides[1].isOver }
}

/// One direction of a stream.
struct Side: Sendable, BitwiseCopyable {
  /// The sequence number of the next byte to read, when it is known.
  var next: UInt32 = 0
  var isKnown = false
  /// Nothing that comes is of interest.
  var isOver = false
  /// Where a message starts is not known: one is looked for at the start of each segment.
  var isLost = false
  /// Segments that nobody recognised.
  var tries: UInt8 = 0
  /// What the protocol's reader remembers of this direction.
  var stage: UInt8 = 0
  /// Bytes to pass over.
  var pass: UInt64 = 0
  /// The start of a message that is not whole, in the pool; -1 for none.
  var buffer: Int32 = -1
  /// Segments that came too early, in the store; -1 for none.
  var held: Int32 = -1
  /// Since when something waits there, in nanoseconds since 1970; the largest number when nothing does.
  var waitsSince = Int64.max

  /// How far a sequence number lies ahead of what is read; negative behind it (RFC 9293 §3.4).
  func distance(to sequence: UInt32) -> Int { Int(Int32(bitPattern: sequence &- next)) }
}

/// The protocols that are read of a stream.
enum StreamProtocol: UInt8, Sendable, BitwiseCopyable {
  case unknown
  case dns, http, tls, ssh, smtp, ftp, pop3, imap, socks, http2, proxy
}

/// What a reader did with the bytes that it was given.
enum Step {
  /// The first so many are read; more than there were, and the rest is passed over as it comes.
  case read(UInt64)
  /// There must be more of them.
  case more
  /// Nothing more of interest comes in this direction.
  case end
  /// No message starts here: the next segment may start one.
  case lost
  /// The first so many are read, and another protocol follows, in both directions.
  case anew(UInt64)
}

/// Whether bytes are the start of something.
enum Beginning {
  case yes, no
  /// They may be; there must be more of them.
  case more
}
