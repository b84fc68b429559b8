import Glibc

/// The clocks that a run must bring together: programs count by the first two, packets by the third.
package enum Clock: Sendable, CaseIterable {
  /// CLOCK_MONOTONIC, `bpf_ktime_get_ns`: stands still while the machine sleeps.
  case monotonic
  /// CLOCK_BOOTTIME, `bpf_ktime_get_boot_ns` and the start times of processes.
  case boottime
  /// CLOCK_REALTIME: nanoseconds since 1970; may be set.
  case realtime

  /// Nanoseconds now.
  package var now: Int64 {
    let id =
      switch self {
      case .monotonic: CLOCK_MONOTONIC
      case .boottime: CLOCK_BOOTTIME
      case .realtime: CLOCK_REALTIME
      }
    var time = timespec()
    // Safe: the structure is ours; these clocks always answer.
    unsafe clock_gettime(id, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
