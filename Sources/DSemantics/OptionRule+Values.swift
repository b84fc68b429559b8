// The values that options take: flags, numbers, sizes with a unit, rates, words.

import Probes

extension OptionRule {
  typealias Place<Value> = WritableKeyPath<Options, Value> & Sendable

  /// The same option, also for setopt().
  var atAnyTime: OptionRule {
    var rule = self
    rule.stage = .anytime
    return rule
  }

  /// Not for `#pragma D option`: it says how the text that holds the pragma comes to be read.
  static func outside(_ set: @escaping Setting) -> OptionRule { OptionRule(inProgram: false, set: set) }

  /// On when it is named; takes no value.
  static func flag(_ place: any Place<Bool>) -> OptionRule {
    OptionRule { options, value throws(Options.Problem) in
      guard value == nil else { throw .badValue }
      options[keyPath: place] = true
    }
  }

  /// On when it is named, or as its value says.
  static func onOff(_ place: any Place<Bool>) -> OptionRule {
    OptionRule { options, value throws(Options.Problem) in
      options[keyPath: place] = (try number(value ?? "1") ?? 0) != 0
    }
  }

  /// A number; one outside the range counts as the nearest in it.
  static func count(_ place: any Place<Int>, in range: ClosedRange<Int>) -> OptionRule {
    OptionRule { options, value throws(Options.Problem) in
      options[keyPath: place] = min(max(try number(value) ?? range.lowerBound, range.lowerBound), range.upperBound)
    }
  }

  static func size(_ place: any Place<Int>) -> OptionRule {
    OptionRule { options, value throws(Options.Problem) in options[keyPath: place] = try bytes(value) }
  }

  static func rate(_ place: any Place<UInt64>) -> OptionRule {
    OptionRule { options, value throws(Options.Problem) in options[keyPath: place] = try period(value) }
  }

  /// `-D`, `-U` and `-I` of the preprocessor.
  static func preprocessing(_ flag: String) -> OptionRule {
    outside { options, value throws(Options.Problem) in options.preprocessor.arguments.append(flag + (try given(value)))
    }
  }

  /// What an option without effect is checked for.
  enum Kind: Sendable {
    case nothing, anything, text, number, size, rate
    case integer(atLeast: Int)
    case oneOf(Set<String>)
  }

  /// An option of dtrace(1) that says how its own machinery works: here there is nothing for it to change.
  static func accepted(_ name: String, _ kind: Kind) -> OptionRule {
    OptionRule { options, value throws(Options.Problem) in
      switch kind {
      case .nothing: guard value == nil else { throw .badValue }
      case .anything: break
      case .text: _ = try given(value)
      case .number: _ = try number(value)
      case .size: _ = try bytes(value)
      case .rate: _ = try period(value)
      case .integer(let least): _ = try leadingInteger(value, atLeast: least)
      case .oneOf(let words): guard words.contains(value?.lowercased() ?? "") else { throw .badValue }
      }
      options.accepted[name] = value ?? ""
    }
  }

  static func acceptedOutside(_ name: String) -> OptionRule {
    var rule = accepted(name, .text)
    rule.inProgram = false
    return rule
  }

  static func given(_ value: String?) throws(Options.Problem) -> String {
    guard let value else { throw .badValue }
    return value
  }

  /// A number in C's notations, or a word for on (1) or off (nil); 0 when nothing is given.
  static func number(_ value: String?) throws(Options.Problem) -> Int? {
    guard let value else { return 0 }
    switch value.lowercased() {
    case "yes", "enable", "enabled", "true", "on", "set": return 1
    case "", "no", "disable", "disabled", "false", "off", "unset": return nil
    default:
      guard let (number, rest) = integer(value), rest.isEmpty, number >= 0 else { throw .badValue }
      return number
    }
  }

  /// A size with `k`, `m`, `g` or `t`.
  static func bytes(_ value: String?) throws(Options.Problem) -> Int {
    guard let value else { return 0 }
    guard let (number, rest) = integer(value), number >= 0 else { throw .badValue }
    let shift: Int
    switch rest.lowercased() {
    case "": shift = 0
    case "k": shift = 10
    case "m": shift = 20
    case "g": shift = 30
    case "t": shift = 40
    default: throw .badValue
    }
    guard number <= Int.max >> shift else { throw .badValue }
    return number << shift
  }

  /// The period of a rate, in nanoseconds: `10hz`, `100ms`; a number alone is nanoseconds.
  private static func period(_ value: String?) throws(Options.Problem) -> UInt64 {
    guard let value else { return 0 }
    guard let (number, rest) = integer(value), number >= 0 else { throw .badValue }
    let count = UInt64(number)
    let word = rest.lowercased()
    if word == "hz" { return count == 0 ? 0 : 1_000_000_000 / count }
    guard let unit = nanoseconds(inUnit: word.isEmpty ? "ns" : word) else { throw .badValue }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow else { throw .badValue }
    return product
  }

  /// As atoi(3) reads it: what follows the digits is nobody's business.
  static func leadingInteger(_ value: String?, atLeast least: Int) throws(Options.Problem) -> Int {
    let number = value.flatMap { Int($0.prefix { $0.isNumber || $0 == "-" }) } ?? 0
    guard value != nil, number >= least else { throw .badValue }
    return number
  }

  /// strtoll(3) with base 0: decimal, 0x hexadecimal, 0 octal; nil when no digit stands there or the number is too large.
  private static func integer(_ text: String) -> (Int, rest: Substring)? {
    var rest = text.drop { $0 == " " || $0 == "\t" }
    var isNegative = false
    if let sign = rest.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      rest = rest.dropFirst()
    }
    var radix = 10
    if rest.hasPrefix("0x") || rest.hasPrefix("0X") {
      radix = 16
      rest = rest.dropFirst(2)
    } else if rest.hasPrefix("0") {
      radix = 8
    }
    let digits = rest.prefix { $0.isASCII && $0.hexDigitValue.map { $0 < radix } == true }
    guard let number = Int(digits, radix: radix) else { return nil }
    return (isNegative ? -number : number, rest.dropFirst(digits.count))
  }

  /// The versions of D that there were (libdtrace `dt_open.c`); programs of all of them mean the same here.
  private static let versions: Set<String> = [
    "1.0.0", "1.1.0", "1.2.0", "1.2.1", "1.2.2", "1.3.0", "1.4.0", "1.4.1", "1.5.0", "1.6.0", "1.6.1", "1.6.2", "1.6.3",
    "1.6.4", "2.0.0",
  ]

  static func version(_ value: String?) throws(Options.Problem) -> String {
    let parts = try given(value).split(separator: ".", omittingEmptySubsequences: false).map {
      Int($0.isEmpty ? "0" : $0)
    }
    guard parts.count <= 3, parts.allSatisfy({ $0 != nil }) else { throw .badVersion }
    let numbers = parts.compactMap { $0 } + Array(repeating: 0, count: 3 - parts.count)
    guard numbers[0] <= 0xff, numbers[1] <= 0xfff, numbers[2] <= 0xfff else { throw .badVersion }
    let full = numbers.map(String.init).joined(separator: ".")
    guard versions.contains(full) else { throw .unknownVersion }
    return full
  }
}
