import Events

/// What a process was from some moment on: each exec makes another of it.
struct ProcessImage: Sendable {
  /// Nanoseconds since 1970; the smallest number for the first one known.
  var from: Int64
  var actor: Actor
  var path: [UInt8]
  var arguments: [[UInt8]]
}

/// A process, living or ended.
struct ProcessEntry: Sendable {
  let id: ProcessID
  /// Its start is 0 when the parent itself was never seen.
  var parent: ProcessID
  /// When it was forked; nil when it was there before.
  var born: Int64?
  /// The largest number while it lives.
  var ended = Int64.max
  var status: Int32 = 0
  /// Never empty; by time.
  var images: [ProcessImage]
  /// When its first thread was last heard of, nanoseconds since 1970: it had its name then.
  var heard = Int64.min
  /// What it holds or held: socket table slots with their serials, oldest first.
  var sockets: [SocketReference] = []

  /// Which image it was at a moment.
  func image(_ asOf: inout AsOf) -> Int {
    var index = images.count - 1
    while index > 0, !asOf.isAfter(images[index].from) { index -= 1 }
    return index
  }
}

/// A place in the socket table, and which of the sockets that had it.
struct SocketReference: Sendable, BitwiseCopyable, Equatable {
  var slot: Int32
  var serial: UInt64
}
