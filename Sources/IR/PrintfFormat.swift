/// The text of a format as the script has it: bytes, of which those of a literal need not be UTF-8.
package struct FormatText: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }
  package init(_ text: String) { bytes = Array(text.utf8) }
  package init(stringLiteral text: String) { self.init(text) }

  package var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// A format of printf(), printa(), system() or freopen(), read into its parts (DTrace guide, "Output Formatting").
///
/// The compiler checks the arguments against `wanted`; the host prints by `pieces`. Both count as dtrace does: width first,
/// then precision, then the value, each `*` taking an argument of its own.
package struct PrintfFormat: Sendable, Hashable {
  package enum Piece: Sendable, Hashable {
    /// Bytes to print as they are; `%%` is one of them.
    case literal([UInt8])
    case directive(Directive)
  }

  /// One conversion: `%-*.3lld`.
  package struct Directive: Sendable, Hashable {
    /// Where it stands among the conversions of the format, from 1; `%%` is counted.
    package var number: Int
    package var conversion: Conversion
    package var flags: Flags
    package var width: Extent
    /// A precision of 0 is none, as in dtrace.
    package var precision: Extent
    /// `%@d`: takes the aggregation's value, not an argument.
    package var ofAggregation: Bool
  }

  package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `#`
    package static let alternate = Flags(rawValue: 1)
    /// `0`; a later `-` takes it back, and a later `0` takes back the `-`.
    package static let zeros = Flags(rawValue: 2)
    /// `-`
    package static let left = Flags(rawValue: 4)
    /// `+`
    package static let plus = Flags(rawValue: 8)
    /// `'`: groups of three digits where the locale has a separator; the C locale, which culprit prints in, has none.
    package static let grouped = Flags(rawValue: 16)
    /// A blank.
    package static let blank = Flags(rawValue: 32)
  }

  package enum Extent: Sendable, Hashable {
    case none
    case fixed(Int)
    /// `*`: the next argument.
    case argument
  }

  /// No width is wider than this, whoever asks for it: a hostile script cannot ask for all memory at once.
  package static let widest = 1 << 24

  package let pieces: [Piece]

  /// The conversions in order, without `%%`.
  package var directives: [Directive] {
    pieces.compactMap { if case .directive(let directive) = $0 { directive } else { nil } }
  }
}

extension PrintfFormat {
  /// What is wrong with a format. dtrace reports all but the empty one as D_SYNTAX.
  package enum Problem: Error, Sendable, Hashable {
    case empty
    case manyStars(number: Int, precision: Bool)
    case manyDots(number: Int)
    /// `%1$d`
    case positional(number: Int)
    /// `%5%`
    case flaggedPercent(number: Int)
    /// The format ends within a conversion.
    case unfinished(number: Int)
    case undefined(number: Int, name: String)

    /// The D error tag.
    package var tag: String { self == .empty ? "D_PRINTF_FMT_EMPTY" : "D_SYNTAX" }

    package var text: String {
      switch self {
      case .empty: "the format string is empty"
      case .manyStars(let number, let precision):
        "format conversion #\(number) has more than one '*' for its \(precision ? "precision" : "width")"
      case .manyDots(let number): "format conversion #\(number) has more than one '.'"
      case .positional(let number): "format conversion #\(number) is positional (%n$), which D does not support"
      case .flaggedPercent(let number): "format conversion #\(number) is %% with flags, which it cannot have"
      case .unfinished(let number): "format conversion #\(number) has no name before the end of the format string"
      case .undefined(let number, let name): "format conversion #\(number) is undefined: %\(name)"
      }
    }
  }

  package init(_ text: FormatText) throws(Problem) {
    var reader = FormatReader(bytes: text.bytes)
    pieces = try reader.pieces()
  }
}

/// Reads a format from its first byte to its last.
private struct FormatReader {
  let bytes: [UInt8]
  var position = 0
  var number = 0

  mutating func pieces() throws(PrintfFormat.Problem) -> [PrintfFormat.Piece] {
    if bytes.isEmpty { throw .empty }
    var pieces: [PrintfFormat.Piece] = []
    var literal: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      guard byte == UInt8(ascii: "%") else {
        literal.append(byte)
        continue
      }
      number += 1
      guard let directive = try directive() else {
        literal.append(byte)
        continue
      }
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = []
      pieces.append(.directive(directive))
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    return pieces
  }

  /// What follows a `%`; nil for `%%`.
  mutating func directive() throws(PrintfFormat.Problem) -> PrintfFormat.Directive? {
    var directive = PrintfFormat.Directive(
      number: number, conversion: .percent, flags: [], width: .none, precision: .none, ofAggregation: false)
    var stars = (width: false, precision: false)
    var dotted = false
    var digits = false
    var name: [UInt8] = []
    let start = position

    while true {
      guard position < bytes.count else { throw .unfinished(number: number) }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "0") where !dotted && !digits:
        directive.flags.insert(.zeros)
        directive.flags.remove(.left)
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        position -= 1
        let extent = PrintfFormat.Extent.fixed(decimal())
        if dotted { directive.precision = extent } else { directive.width = extent }
        digits = true
      case UInt8(ascii: "#"): directive.flags.insert(.alternate)
      case UInt8(ascii: "+"): directive.flags.insert(.plus)
      case UInt8(ascii: "'"): directive.flags.insert(.grouped)
      case UInt8(ascii: " "): directive.flags.insert(.blank)
      case UInt8(ascii: "-"):
        directive.flags.insert(.left)
        directive.flags.remove(.zeros)
      case UInt8(ascii: "*"):
        if dotted ? stars.precision : stars.width { throw .manyStars(number: number, precision: dotted) }
        if dotted { stars.precision = true } else { stars.width = true }
      case UInt8(ascii: "."):
        if dotted { throw .manyDots(number: number) }
        dotted = true
        digits = false
      // As wide as an address of the LP64 model.
      case UInt8(ascii: "?"): directive.width = .fixed(16)
      case UInt8(ascii: "@"): directive.ofAggregation = true
      case UInt8(ascii: "$"): throw .positional(number: number)
      case UInt8(ascii: "%"):
        if position - 1 == start { return nil }
        throw .flaggedPercent(number: number)
      case UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "w"):
        // No conversion has more than two of these.
        if name.count < 6 { name.append(byte) }
      default:
        name.append(byte)
        let spelling = String(decoding: name, as: UTF8.self)
        guard let conversion = PrintfFormat.Conversion(spelling) else {
          throw .undefined(number: number, name: spelling)
        }
        directive.conversion = conversion
        // An argument overrides a number beside it.
        if stars.width { directive.width = .argument }
        if stars.precision { directive.precision = .argument }
        return directive
      }
    }
  }

  /// The number that starts here, at most `PrintfFormat.widest`.
  mutating func decimal() -> Int {
    var value = 0
    while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
      value = min(value * 10 + Int(bytes[position] - UInt8(ascii: "0")), PrintfFormat.widest)
      position += 1
    }
    return value
  }
}
