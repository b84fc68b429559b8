/// Something that the kernel's perf interface counts on a CPU, by its numbers there (perf_event_open(2)).
package struct Counter: Sendable, Hashable {
  /// `perf_event_attr.type`: PERF_TYPE_HARDWARE and PERF_TYPE_SOFTWARE.
  package enum Kind: UInt32, Sendable { case hardware, software }

  /// Where the CPU is when it counts.
  package enum Mode: String, Sendable, CaseIterable { case all, user, kernel }

  package var kind: Kind
  /// `perf_event_attr.config`: a PERF_COUNT_HW_ or PERF_COUNT_SW_ constant.
  package var number: UInt64
  package var name: String
  package var mode: Mode
  /// How many there are from one firing to the next; nanoseconds of a clock.
  package var period: UInt64

  package init(_ kind: Kind, _ number: UInt64, _ name: String, mode: Mode = .all, period: UInt64) {
    self.kind = kind
    self.number = number
    self.name = name
    self.mode = mode
    self.period = period
  }

  /// The clock of profile and tick probes.
  package static func cpuClock(period: UInt64) -> Counter { Counter(.software, 0, "cpu_clock", period: period) }
}
