// Calls of functions: arguments gathered, the function done, the result given as an integer or left in `result`.

import Bytes
import IR

/// A call's arguments: texts come before integers in every signature.
struct CallArguments {
  var text = 0
  var other = 0
  var first: UInt64 = 0
  var second: UInt64 = 0
  var third: UInt64 = 0
  var fourth: UInt64 = 0
  private var texts = 0
  private(set) var integers = 0

  mutating func append(text place: T) {
    if texts == 0 { text = Int(place) } else { other = Int(place) }
    texts += 1
  }

  mutating func append(_ value: UInt64) {
    switch integers {
    case 0: first = value
    case 1: second = value
    case 2: third = value
    default: fourth = value
    }
    integers += 1
  }
}

extension TextFunctions {
  /// The base of a number's text; nil where it is none.
  private static func base(_ given: Bool, _ value: UInt64) -> UInt64? {
    guard given else { return 10 }
    return (2...36).contains(value) ? value : nil
  }

  /// A call for an integer; nil faults with `.illegalOperation`.
  static func integer(
    _ function: Function, _ given: CallArguments, of texts: TextStore, _ random: inout RandomNumbers
  ) -> UInt64? {
    let text = texts.view(given.text)
    let found: Int
    switch function {
    case .strlen: found = text.byteCount
    case .strchr, .strrchr:
      found = offset(of: UInt8(truncatingIfNeeded: given.first), in: text, last: function == .strrchr)
    case .strstr: found = index(of: texts.view(given.other), in: text, from: 0)
    case .index:
      found = index(of: texts.view(given.other), in: text, from: Int64(bitPattern: given.first))
    case .rindex:
      let from = given.integers == 0 ? Int64.max : Int64(bitPattern: given.first)
      found = rindex(of: texts.view(given.other), in: text, from: from)
    case .span: found = span(text, texts.view(given.other), member: true)
    case .spanNot: found = span(text, texts.view(given.other), member: false)
    case .htons: return UInt64(UInt16(truncatingIfNeeded: given.first).byteSwapped)
    case .htonl: return UInt64(UInt32(truncatingIfNeeded: given.first).byteSwapped)
    case .htonll: return given.first.byteSwapped
    case .rand: return random.next() >> 32
    case .strtoll:
      guard let base = Self.base(given.integers > 0, given.first) else { return nil }
      return UInt64(bitPattern: strtoll(text, base: Int64(base)))
    case .strjoin, .substr, .basename, .dirname, .cleanpath, .json, .lltostr, .inetNtoa, .inetNtoa6, .linkNtop, .path,
      .tolower, .toupper, .executable, .remember, .recall:
      return 0  // The verifier lets no such call pass.
    }
    return UInt64(bitPattern: Int64(found))
  }

  /// What a call for a text came to.
  enum Outcome {
    /// The text is in `result`.
    case given
    case null
    /// Faults with `.illegalOperation`.
    case illegal
  }

  /// A call for a text.
  static func text(
    _ function: Function, _ given: CallArguments, of texts: TextStore, into result: inout [UInt8]
  ) -> Outcome {
    result.removeAll(keepingCapacity: true)
    let text = texts.view(given.text)
    switch function {
    case .strjoin:
      append(text, 0..<text.byteCount, to: &result)
      let other = texts.view(given.other)
      append(other, 0..<other.byteCount, to: &result)
    case .substr:
      let count = given.integers > 1 ? Int64(bitPattern: given.second) : nil
      substr(text, start: Int64(bitPattern: given.first), count: count, into: &result)
    case .strchr, .strrchr:
      let byte = UInt8(truncatingIfNeeded: given.first)
      let found = offset(of: byte, in: text, last: function == .strrchr)
      if found < 0 { return .null }
      append(text, found..<text.byteCount, to: &result)
    case .strstr:
      let found = index(of: texts.view(given.other), in: text, from: 0)
      if found < 0 { return .null }
      append(text, found..<text.byteCount, to: &result)
    case .json: return json(text, texts.view(given.other), into: &result) ? .given : .null
    case .basename: basename(text, into: &result)
    case .dirname: dirname(text, into: &result)
    case .lltostr:
      guard let base = Self.base(given.integers > 1, given.second) else { return .illegal }
      lltostr(Int64(bitPattern: given.first), base: base, into: &result)
    case .inetNtoa: inetNtoa(given.first, into: &result)
    case .path, .executable: break
    case .inetNtoa6: inetNtoa6(given.first, given.second, strict: given.third != 0, into: &result)
    case .linkNtop: linkNtop(Int(given.first & 31), [given.second, given.third, given.fourth], into: &result)
    case .cleanpath: cleanpath(text, into: &result)
    case .tolower: fold(text, UInt8(ascii: "A"), UInt8(ascii: "Z"), into: &result)
    case .toupper: fold(text, UInt8(ascii: "a"), UInt8(ascii: "z"), into: &result)
    case .strlen, .span, .spanNot, .index, .rindex, .htons, .htonl, .htonll, .rand, .strtoll, .remember, .recall:
      break  // The verifier lets no such call pass.
    }
    return .given
  }
}
