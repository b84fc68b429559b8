import IR

/// `profile-N` on every CPU and `tick-N` on one, N with a unit (hertz when there is none).
///
///     profile-N    a perf event on the software cpu-clock of each CPU
///     tick-N       the same of one CPU
///
/// Both fire in whatever runs there, and are left out by the kernel while a program of the perf kind runs on that CPU.
package let profileProvider = Provider(
  name: "profile",
  probes: [97, 199, 499, 997, 1999, 4001, 4999].map { timer("profile-\($0)") }.compactMap { $0 }
    + [1, 10, 100, 500, 1000, 5000].map { timer("tick-\($0)") }.compactMap { $0 },
  make: timer)

/// The timer probe of that name.
private func timer(_ name: String) -> Probe? {
  if name.hasPrefix("profile-"), let period = timerPeriod(String(name.dropFirst(8))), period >= 200_000 {
    return Probe(name: name, site: .profile(period: period), arguments: programCounters)
  }
  if name.hasPrefix("tick-"), let period = timerPeriod(String(name.dropFirst(5))), period >= 200_000 {
    return Probe(name: name, site: .tick(period: period), arguments: programCounters)
  }
  return nil
}

/// What the clock interrupted: an address of the kernel or of a process, and 0 for the other.
let programCounters = [
  Argument("arg0", "uintptr_t", .builtin(.kernelPC)),
  Argument("arg1", "uintptr_t", .builtin(.userPC)),
]

/// Nanoseconds between two firings of `97hz`, `10ms`, `1s` and the like (DTrace guide, "profile Provider"); a number alone
/// is hertz. Nil when it is no such thing.
package func timerPeriod(_ text: String) -> UInt64? {
  let digits = text.prefix { $0.isASCII && $0.isNumber }
  guard let number = UInt64(digits), number > 0 else { return nil }
  let word = text.dropFirst(digits.count).lowercased()
  if word.isEmpty || word == "hz" { return 1_000_000_000 / number }
  guard let unit = nanoseconds(inUnit: word) else { return nil }
  let (product, overflow) = number.multipliedReportingOverflow(by: unit)
  return overflow ? nil : product
}

/// Nanoseconds of a unit of time as D writes it, in lower case; nil when it is none.
package func nanoseconds(inUnit word: String) -> UInt64? {
  switch word {
  case "ns", "nsec": 1
  case "us", "usec": 1_000
  case "ms", "msec": 1_000_000
  case "s", "sec": 1_000_000_000
  case "m", "min": 60_000_000_000
  case "h", "hour": 3_600_000_000_000
  case "d", "day": 86_400_000_000_000
  default: nil
  }
}
