import Glibc
import Synchronization

/// Signals that ask the run to end or to go on differently, noted where a wait can see them.
///
/// A handler, not a signalfd: nothing is blocked, so programs that the run starts inherit nothing of it.
package enum Interrupts {
  /// Bit n is signal n.
  private static let noted = Atomic<UInt64>(0)
  /// Keeps what the handler writes to.
  private static let waker = Mutex<Waker?>(nil)
  /// The waker's descriptor; -1 before the first `watch`.
  private static let target = Atomic<CInt>(-1)

  /// Notes these signals from now on, and wakes `waker` when one comes.
  package static func watch(_ signals: [CInt], waking waker: Waker) throws(SystemError) {
    // Both are made here, so that the handler finds them made.
    _ = noted.load(ordering: .relaxed)
    self.waker.withLock { $0 = waker }
    target.store(waker.descriptor, ordering: .releasing)
    for number in signals where (1..<64).contains(number) {
      var action = sigaction()
      // Safe: the handler calls what signal-safety(7) allows: atomics and write(2).
      unsafe action.__sigaction_handler.sa_handler = { number in
        let saved = errno
        Interrupts.noted.bitwiseOr(1 << UInt64(number), ordering: .relaxed)
        var one: UInt64 = 1
        _ = unsafe write(Interrupts.target.load(ordering: .acquiring), &one, 8)
        errno = saved
      }
      _ = try check("sigaction(\(number))", unsafe sigaction(number, &action, nil))
    }
  }

  /// The signals that came since the last call, lowest first.
  package static func take() -> [CInt] {
    let bits = noted.exchange(0, ordering: .acquiring)
    return (1..<64).filter { bits >> UInt64($0) & 1 != 0 }
  }
}
