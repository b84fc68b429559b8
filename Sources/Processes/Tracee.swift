import CPtrace
import Glibc

/// A process that this thread steers by ptrace(2) from one place of its code to the next. When this program goes, it ends.
struct Tracee {
  let pid: Int32

  /// Why the process did not come to where it was to go.
  enum Detour: Error {
    /// wait(2)'s status.
    case ended(Int32)
    /// It stands where it stood; the errno.
    case refused(Int32)
  }

  /// Takes a process that runs; nil when that is not allowed.
  init?(taking pid: Int32) {
    guard culprit_ptrace_take(pid) == 0 else { return nil }
    self.pid = pid
  }

  /// Waits until it has become another program, none of whose instructions has run, and that is the one that is waited for.
  func waitForExec(of isWanted: () -> Bool) throws(Detour) {
    while true {
      let (signal, event) = try stop()
      // PTRACE_EVENT_EXEC
      if event == 4, isWanted() { return }
      try allow(culprit_ptrace_go_on(pid, event == 0 ? signal : 0))
    }
  }

  /// Lets it run until it is about to execute the instruction at `address`.
  ///
  /// The breakpoint is in its memory: a process that it forks on the way, and that comes by there, ends by SIGTRAP.
  func run(to address: UInt64) throws(Detour) {
    let text = culprit_ptrace_read(pid, address)
    guard text.code == 0 else { throw .refused(text.code) }
    let trap = text.value & ~culprit_breakpoint_mask | culprit_breakpoint
    try allow(culprit_ptrace_write(pid, address, trap))
    var signal: Int32 = 0
    repeat {
      try allow(culprit_ptrace_go_on(pid, signal))
      let (stopped, event) = try stop()
      // A trap that somebody else set is the process's own business.
      signal = event == 0 ? stopped : 0
    } while signal != SIGTRAP || culprit_ptrace_counter(pid).value != address &+ culprit_breakpoint_size
    try allow(culprit_ptrace_write(pid, address, text.value))
    try allow(culprit_ptrace_set_counter(pid, address))
  }

  /// The first argument of the function at whose first instruction it stands.
  var firstArgument: UInt64? {
    let word = culprit_ptrace_first_argument(pid)
    return word.code == 0 ? word.value : nil
  }

  /// Leaves it to itself: it goes on where it stands.
  func leave() { _ = culprit_ptrace_leave(pid) }

  private func allow(_ code: Int32) throws(Detour) {
    guard code == 0 else { throw .refused(code) }
  }

  /// Its next stop: the signal that it is about to be given, or the event (PTRACE_EVENT_*, SIGTRAP then means nothing). Stops of job
  /// control last as long as they would.
  private func stop() throws(Detour) -> (signal: Int32, event: Int32) {
    while true {
      let stop = culprit_ptrace_wait(pid)
      guard stop.code == 0 else { throw .ended(0) }
      // WIFSTOPPED
      guard stop.status & 0xff == 0x7f else { throw .ended(stop.status) }
      let signal = stop.status >> 8 & 0xff
      let event = stop.status >> 16
      // PTRACE_EVENT_STOP
      guard event == 128, signal != SIGTRAP else { return (signal, event) }
      try allow(culprit_ptrace_stay(pid))
    }
  }
}
