package import Events

/// How much of something there was, and when.
package struct Volume: Sendable, Equatable {
  package var count: UInt64 = 0
  package var bytes: UInt64 = 0
  package var first: Instant
  package var last: Instant

  init(_ bytes: UInt64, at time: Instant) {
    self.bytes = bytes
    count = 1
    first = time
    last = time
  }

  mutating func add(_ bytes: UInt64, at time: Instant) {
    count &+= 1
    self.bytes &+= bytes
    if time.nanoseconds < first.nanoseconds { first = time }
    if time.nanoseconds > last.nanoseconds { last = time }
  }

  mutating func add(_ other: Volume) {
    count &+= other.count
    bytes &+= other.bytes
    if other.first.nanoseconds < first.nanoseconds { first = other.first }
    if other.last.nanoseconds > last.nanoseconds { last = other.last }
  }
}

extension Optional where Wrapped == Volume {
  mutating func add(_ bytes: UInt64, at time: Instant) {
    if self == nil { self = Volume(bytes, at: time) } else { self?.add(bytes, at: time) }
  }

  mutating func add(_ other: Volume?) {
    guard let other else { return }
    if self == nil { self = other } else { self?.add(other) }
  }
}

/// What went somewhere: all of it, what came after the first frame was heard, and what came after there was a socket to hear
/// one with. The last is what counts where frames are read from a mapped ring, since nobody is told of those one by one.
struct Outflow: Sendable, Equatable {
  var all: Volume?
  var afterSocket: Volume?
  var afterFrame: Volume?

  mutating func add(_ bytes: UInt64, at time: Instant, hearing: Hearing) {
    all.add(bytes, at: time)
    if hearing.hasSocket { afterSocket.add(bytes, at: time) }
    if hearing.hasHeard { afterFrame.add(bytes, at: time) }
  }

  /// What followed the capture.
  func following(_ counted: Bool) -> Volume? { counted ? afterFrame : afterSocket }
}

/// How far the subject was with capturing when something went out.
struct Hearing: Sendable, Equatable {
  var hasSocket = false
  var hasHeard = false
}
