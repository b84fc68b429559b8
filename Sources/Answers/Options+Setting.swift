// setopt(): options that change while the program runs (`dt_options.c`).

extension PrintOptions {
  /// Why an option could not be set, in dtrace's words.
  package enum Refusal: String, Error, Sendable {
    case unknown = "Invalid option name"
    case badValue = "Invalid value for specified option"
    case isActive = "Operation illegal when tracing is active"
  }

  /// Sets an option of a running program; without a value it is `1`. What the host does at its own pace has no rate to set, but
  /// its value is looked at.
  package mutating func set(_ name: String, _ value: String) throws(Refusal) {
    switch name {
    case "quiet": quiet = try Self.flag(value)
    case "flowindent": flowIndent = try Self.flag(value)
    case "rawbytes": rawBytes = try Self.flag(value)
    case "agghist": histogram = try Self.flag(value)
    case "aggpack": packed = try Self.flag(value)
    case "aggzoom": zoomed = try Self.flag(value)
    case "aggsortkey": sortByKey = try Self.flag(value)
    case "aggsortrev": sortReversed = try Self.flag(value)
    case "quietresize": _ = try Self.flag(value)
    case "aggsortpos": sortPosition = try Self.number(value)
    case "aggsortkeypos": sortKeyPosition = try Self.number(value)
    case "stackindent": stackIndent = try Self.number(value)
    case "printsize":
      // In whole words; what is out of reach is as if it were not set (`dt_options.c`, `dt_opt_printsize`).
      let size = try Self.number(value)
      printSize = ((1...65_536).contains(size) ? size + 7 : PrintOptions().printSize) & ~7
    case "aggrate", "switchrate", "statusrate": try Self.checkRate(value)
    default: throw Self.fixed.contains(name) ? .isActive : .unknown
    }
  }

  private static func flag(_ value: String) throws(Refusal) -> Bool {
    switch value.lowercased() {
    case "1", "yes", "true", "on", "enable", "enabled", "set": return true
    case "0", "no", "false", "off", "disable", "disabled", "unset": return false
    default: throw .badValue
    }
  }

  private static func number(_ value: String) throws(Refusal) -> Int {
    guard let number = Int(value), (0...1 << 20).contains(number) else { throw .badValue }
    return number
  }

  /// A number of nanoseconds, or one with a unit.
  private static func checkRate(_ value: String) throws(Refusal) {
    let digits = value.prefix { $0.isASCII && $0.isNumber }
    let units: Set<Substring> = [
      "", "ns", "nsec", "us", "usec", "ms", "msec", "s", "sec", "m", "min", "h", "hour", "d", "day", "hz",
    ]
    guard !digits.isEmpty, UInt64(digits) != nil, units.contains(value[digits.endIndex...]) else { throw .badValue }
  }

  /// Options that are what they are when tracing begins.
  private static let fixed: Set<String> = [
    "aggsize", "bufpolicy", "bufresize", "bufsize", "cleanrate", "cpu", "destructive", "dynvarsize", "encoding",
    "grabanon", "jstackframes", "jstackstrsize", "lockmem", "maxframes", "noresolve", "nspec", "pcapsize",
    "scratchsize",
    "specsize", "stackframes", "strsize", "temporal", "ustackframes",
  ]
}
