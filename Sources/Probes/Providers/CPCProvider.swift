import IR

/// `EVENT-MODE-COUNT`: fires on a CPU each time that COUNT of EVENT have come by there, in MODE (`all`, `user` or `kernel`).
///
///     cpu_clock-all-10000000       nanoseconds of the CPU's clock
///     page_faults-user-100         what the kernel counts
///     cpu_cycles-kernel-1000000    what the CPU counts, if it has counters
///
/// The names are perf's, with `_` for `-` (perf_event_open(2)); those that are listed stand for all counts and modes.
/// - Parameter hardware: whether those that the CPU counts are listed; they may be named in any case.
package func cpcProvider(hardware: Bool) -> Provider {
  Provider(
    name: "cpc",
    probes: counted.filter { $0.kind == .software || hardware }.compactMap {
      // A count that no event reaches too often.
      counterProbe("\($0.names[0])-all-1000000000")
    }, make: counterProbe)
}

private struct Counted {
  var kind: Counter.Kind
  var number: UInt64
  /// Its name, and what perf calls it besides.
  var names: [String]
  init(_ kind: Counter.Kind, _ number: UInt64, _ names: String...) {
    (self.kind, self.number, self.names) = (kind, number, names)
  }
}

/// <linux/perf_event.h>: `enum perf_sw_ids`, `enum perf_hw_id`.
private let counted = [
  Counted(.software, 0, "cpu_clock"),
  Counted(.software, 1, "task_clock"),
  Counted(.software, 2, "page_faults", "faults"),
  Counted(.software, 3, "context_switches", "cs"),
  Counted(.software, 4, "cpu_migrations", "migrations"),
  Counted(.software, 5, "page_faults_min", "minor_faults"),
  Counted(.software, 6, "page_faults_maj", "major_faults"),
  Counted(.software, 7, "alignment_faults"),
  Counted(.software, 8, "emulation_faults"),
  Counted(.software, 11, "cgroup_switches"),
  Counted(.hardware, 0, "cpu_cycles", "cycles"),
  Counted(.hardware, 1, "instructions"),
  Counted(.hardware, 2, "cache_references"),
  Counted(.hardware, 3, "cache_misses"),
  Counted(.hardware, 4, "branch_instructions", "branches"),
  Counted(.hardware, 5, "branch_misses"),
  Counted(.hardware, 6, "bus_cycles"),
  Counted(.hardware, 7, "stalled_cycles_frontend", "idle_cycles_frontend"),
  Counted(.hardware, 8, "stalled_cycles_backend", "idle_cycles_backend"),
  Counted(.hardware, 9, "ref_cycles"),
]

/// The kernel's shortest period of a clock (perf_swevent_start_hrtimer), in nanoseconds.
private let shortestPeriod: UInt64 = 10_000

/// The probe of that name, if the kernel can count so.
private func counterProbe(_ name: String) -> Probe? {
  let parts = name.split(separator: "-", omittingEmptySubsequences: false)
  guard parts.count == 3, let event = counted.first(where: { $0.names.contains(String(parts[0])) }),
    let mode = Counter.Mode(rawValue: String(parts[1])),
    parts[2].utf8.allSatisfy({ (48...57).contains($0) }), let count = UInt64(parts[2]),
    // The highest bit is the kernel's.
    count > 0, count < 1 << 63
  else { return nil }
  let isClock = event.kind == .software && event.number < 2
  if isClock, count < shortestPeriod { return nil }
  let counter = Counter(event.kind, event.number, event.names[0], mode: mode, period: count)
  // The clock that profile probes have: what it skips is told.
  let site: Site = counter == .cpuClock(period: count) ? .profile(period: count) : .counter(counter)
  return Probe(name: name, site: site, arguments: programCounters)
}
