/// A number that a site may set, within bounds: to the rule's D program a constant of its name.
package struct RuleParameter: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Nanoseconds in D; written `250ms`, `30s`, `1h`, `14d`.
    case duration
    /// Bytes in D; written `64KiB`, `20MB`, `512`.
    case size
    case integer
    /// Thousandths in D, which has no fractions; written `0.05`.
    case ratio
  }

  package var name: String
  package var kind: Kind
  /// What it is when nobody sets it; like the bounds, as D has it.
  package var value: Int64
  package var least: Int64
  package var most: Int64
}

extension RuleParameter.Kind {
  private var units: [(suffix: String, factor: Int64)] {
    switch self {
    case .duration:
      [
        ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
      ]
    case .size:
      [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("kB", 1000), ("MB", 1_000_000),
        ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1), ("", 1),
      ]
    case .integer: [("", 1)]
    case .ratio: [("", 1000)]
    }
  }

  /// The number that the text stands for, as D has it; nil when it is none of this kind, or too large, or finer than D can tell.
  package func value(_ text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let suffix = text.dropFirst(digits.count).drop { $0 == " " }
    guard !digits.isEmpty, let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = Int64(parts[0]) else { return nil }
    var (value, tooLarge) = whole.multipliedReportingOverflow(by: unit.factor)
    if tooLarge { return nil }
    if parts.count == 2 {
      var place = unit.factor
      for digit in parts[1] {
        guard let number = digit.wholeNumberValue else { return nil }
        guard place % 10 == 0 else { return number == 0 ? value : nil }
        place /= 10
        (value, tooLarge) = value.addingReportingOverflow(Int64(number) * place)
        if tooLarge { return nil }
      }
      if parts[1].isEmpty { return nil }
    }
    return value
  }

  /// The shortest way to write it.
  package func written(_ value: Int64) -> String {
    switch self {
    case .integer: return String(value)
    case .ratio:
      let digits = String(value % 1000 + 1000).dropFirst()
      let fraction = String(digits.reversed().drop { $0 == "0" }.reversed())
      return fraction.isEmpty ? String(value / 1000) : "\(value / 1000).\(fraction)"
    case .duration, .size:
      let unit = units.filter { value % $0.factor == 0 && value >= $0.factor }.max { $0.factor < $1.factor }
      guard let unit else { return self == .duration ? "0s" : "0" }
      return String(value / unit.factor) + unit.suffix
    }
  }

  /// How one is written, for complaints.
  package var example: String {
    switch self {
    case .duration: "30s or 14d"
    case .size: "64KiB or 20MB"
    case .integer: "100"
    case .ratio: "0.05"
    }
  }
}

extension Rule {
  /// Its D text behind its parameters, which are constants: these stand in the line that the description begins in, so that lines keep
  /// their numbers.
  package func program(_ settings: [String: Int64] = [:]) -> String {
    parameters.map { "inline int64_t \($0.name) = \(settings[$0.name] ?? $0.value); " }.joined() + text
  }
}
