import CBPF
import Glibc
import Synchronization

/// Something that ends a wait from elsewhere: another thread, or a signal's handler.
package final class Waker: Sendable {
  private let event: FileHandle

  package init() throws(SystemError) {
    event = FileHandle(adopting: try check("eventfd", eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))))
  }

  /// For `poll`: readable from `wake` to `reset`.
  package var descriptor: CInt { event.raw }

  /// Ends the wait that is on, or the next one. May be called in a signal's handler.
  package func wake() { eventfd_write(event.raw, 1) }

  /// Takes back what `wake` did.
  /// - Returns: whether anybody had woken.
  @discardableResult
  package func reset() -> Bool {
    var count: eventfd_t = 0
    // Safe: the count outlives the call.
    return unsafe eventfd_read(event.raw, &count) == 0
  }
}

/// Waits until one of the descriptors is readable, or has nothing more to give.
/// - Parameters:
///   - milliseconds: how long; nil for as long as it takes, 0 to only look.
/// - Returns: for each descriptor whether it is; all false after the time is up or when a signal came.
package func readable(_ descriptors: [CInt], within milliseconds: Int?) throws(SystemError) -> [Bool] {
  var waiting = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  // Safe: the array has as many entries as the call is told.
  let count = unsafe poll(&waiting, nfds_t(waiting.count), milliseconds.map { CInt(clamping: $0) } ?? -1)
  if count < 0 {
    let error = SystemError(failed: "poll")
    if error.code == EINTR { return descriptors.map { _ in false } }
    throw error
  }
  return waiting.map { $0.revents != 0 }
}

extension RingBuffer {
  /// What a wait ended with.
  package enum Wait: Sendable, Hashable {
    /// A record waits.
    case data
    /// The waker was used; records may wait as well.
    case woken
    /// Time is up, or a signal came.
    case nothing
  }

  /// Waits until a record is there or `waker` is used.
  package func wait(within milliseconds: Int?, or waker: Waker? = nil) throws(SystemError) -> Wait {
    let ready = try readable([descriptor] + (waker.map { [$0.descriptor] } ?? []), within: milliseconds)
    if ready.count > 1, ready[1] { return .woken }
    return ready[0] ? .data : .nothing
  }
}
