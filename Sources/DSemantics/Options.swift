import Probes

/// D's options with their defaults (`dt_open.c`): from `-x`, `#pragma D option` and `DTRACE_OPT_*`. Sizes in bytes, times in nanoseconds.
package struct Options: Sendable {
  package var stringSize = 256
  package var bufferSize = 4 << 20
  package var aggregationSize = 4 << 20
  /// Bytes that a firing may allocate.
  package var scratchSize = 4096
  package var dynamicVariableSize = 1 << 20
  /// How many speculations may be under way at once, and the bytes of each.
  package var speculations = 1
  package var speculationSize = 4 << 20
  package var stackFrames = 20
  package var userStackFrames = 100
  package var stackIndent = 14
  package var quiet = false
  package var destructive = false
  package var zeroMatches = false
  package var flowIndent = false
  package var defaultArguments = false
  /// Solaris' names of the article's day stand for their Linux successors.
  package var solaris = false
  package var sortByKey = false
  package var sortReversed = false
  /// What a program may rely on at least (`amin`).
  package var minimumAttributes: Attributes?
  package var sortKeyPosition = 0
  package var sortPosition = 0
  package var switchRate: UInt64 = 1_000_000_000
  package var aggregationRate: UInt64 = 1_000_000_000
  package var statusRate: UInt64 = 1_000_000_000
  package var cleanRate: UInt64 = 9_900_990
  package var errorTags = false
  package var rawBytes = false
  /// Bytes of a value that print() shows.
  package var printSize = 8192
  /// Options that are known and change nothing here, with the value that was given.
  package var accepted: [String: String] = [:]

  package init() {}

  /// What is wrong with an option.
  package enum Problem: Error, Equatable {
    case unknown
    case needsValue
    case badValue(String)
    package var text: String {
      switch self {
      case .unknown: "no such option"
      case .needsValue: "a value is needed"
      case .badValue(let value): "'\(value)' is not a value for it"
      }
    }
  }

  /// Sets an option by its name, as `-x name=value` gives it.
  package mutating func set(_ name: String, _ value: String?) throws(Problem) {
    switch name {
    case "strsize": stringSize = try size(value, in: 2...65_536)
    case "bufsize": bufferSize = try size(value, in: 4096...(1 << 30))
    case "aggsize": aggregationSize = try size(value, in: 4096...(1 << 30))
    case "scratchsize": scratchSize = try size(value, in: 8...8192)
    case "dynvarsize": dynamicVariableSize = try size(value, in: 1...(1 << 30))
    case "nspec": speculations = try size(value, in: 0...Int(Int32.max))
    case "specsize": speculationSize = try size(value, in: 0...Int.max)
    case "stackframes": stackFrames = try size(value, in: 1...1024)
    case "ustackframes": userStackFrames = try size(value, in: 1...1024)
    case "stackindent": stackIndent = try size(value, in: 0...120)
    case "aggsortpos": sortPosition = try size(value, in: 0...1024)
    case "aggsortkeypos": sortKeyPosition = try size(value, in: 0...1024)
    case "quiet": quiet = try flag(value)
    case "destructive": destructive = try flag(value)
    case "zdefs": zeroMatches = try flag(value)
    case "flowindent": flowIndent = try flag(value)
    case "defaultargs": defaultArguments = try flag(value)
    case "aggsortkey": sortByKey = try flag(value)
    case "amin":
      guard let value else { throw .needsValue }
      guard let attributes = Attributes(value) else { throw .badValue(value) }
      minimumAttributes = attributes
    case "aggsortrev": sortReversed = try flag(value)
    case "errtags": errorTags = try flag(value)
    case "printsize": printSize = try printedSize(value)
    case "rawbytes": rawBytes = try flag(value)
    case "switchrate": switchRate = try rate(value)
    case "aggrate": aggregationRate = try rate(value)
    case "statusrate": statusRate = try rate(value)
    case "cleanrate": cleanRate = try rate(value)
    case "compat":
      guard let value else { throw .needsValue }
      guard value == "solaris" else { throw .badValue(value) }
      solaris = true
    default:
      guard Self.withoutEffect.contains(name) else { throw .unknown }
      accepted[name] = value ?? ""
    }
  }

  /// Options of dtrace(1) that say when or how its own machinery works; here there is nothing for them to change.
  static let withoutEffect: Set<String> = [
    "aggpercpu", "argref", "bpflog", "bpflogsize", "bufpolicy", "bufresize", "core", "cpp", "cppargs",
    "cpphdrs", "cpppath", "cpu", "ctfpath", "ctypes", "debug", "debugassert", "define", "disasm", "dofstashpath",
    "droptags", "dtypes", "empty", "evaltime", "grabanon", "incdir", "iregs", "jstackframes", "jstackstrsize",
    "kdefs", "knodefs", "late", "lazyload", "ldpath", "libdir", "linkmode", "linknommap", "linktype", "lockmem",
    "maxframes", "modpath", "nolibs", "noresolve", "pcapsize", "pgmax", "preallocate",
    "procfspath", "pspec", "quietresize", "stdc", "strip", "syslibdir", "sysslice", "temporal", "tree",
    "tregs", "udefs", "undef", "unodefs", "useruid", "verbose", "version",
  ]

  private func flag(_ value: String?) throws(Problem) -> Bool {
    switch value?.lowercased() {
    case nil, "", "1", "yes", "true", "on", "enable", "enabled", "set": return true
    case "0", "no", "false", "off", "disable", "disabled", "unset": return false
    case let other?: throw .badValue(other)
    }
  }

  /// A size with `k`, `m` or `g`.
  private func size(_ value: String?, in range: ClosedRange<Int>) throws(Problem) -> Int {
    guard let value, !value.isEmpty else { throw .needsValue }
    var digits = Substring(value)
    var unit = 1
    switch digits.last {
    case "k", "K": unit = 1 << 10
    case "m", "M": unit = 1 << 20
    case "g", "G": unit = 1 << 30
    default: break
    }
    if unit > 1 { digits = digits.dropLast() }
    guard let number = Int(digits), case let (bytes, overflow) = number.multipliedReportingOverflow(by: unit),
      !overflow,
      range.contains(bytes)
    else { throw .badValue(value) }
    return bytes
  }

  /// A size out of the range is the default; rounded up to a multiple of 8.
  private func printedSize(_ value: String?) throws(Problem) -> Int {
    let given = try size(value ?? "8192", in: 0...(1 << 40))
    return ((given > 0 && given <= 65_536 ? given : 8192) + 7) / 8 * 8
  }

  private func rate(_ value: String?) throws(Problem) -> UInt64 {
    guard let value, !value.isEmpty else { throw .needsValue }
    guard let period = timerPeriod(value) else { throw .badValue(value) }
    return period
  }
}
