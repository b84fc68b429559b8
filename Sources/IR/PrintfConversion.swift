extension PrintfFormat {
  /// What a directive does with its value, and the name it was asked by.
  package struct Conversion: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
      /// `d i`: signed or unsigned, as the value is.
      case decimal
      /// `u`
      case unsigned
      /// `o`
      case octal
      /// `x X p`; `%p` has no `0x`.
      case hexadecimal(uppercase: Bool)
      /// `c`: one byte.
      case character
      /// `C`: one byte, escaped as in C.
      case escapedCharacter
      /// `lc wc`
      case wideCharacter
      /// `s`
      case text
      /// `S`: escaped as in C, the NUL that ends it included.
      case escapedText
      /// `ls ws`
      case wideText
      /// `e f g`
      case floating(FloatingStyle, uppercase: Bool)
      /// `a`
      case kernelAddress
      /// `A`
      case userAddress
      /// `k`
      case stack
      /// `Y`: 1973 Dec  3 17:20:00
      case time
      /// `T`: RFC 822's
      case mailTime
      /// `%`; not seen in `pieces`.
      case percent
    }

    package enum FloatingStyle: Sendable, Hashable {
      /// `e`
      case scientific
      /// `f`
      case fixed
      /// `g`: the shorter of both.
      case general
    }

    package let kind: Kind
    /// As written, without the `%`: `lld`.
    package let name: String
    /// What the argument must be.
    package let wanted: Wanted
  }

  /// What a conversion accepts.
  package enum Wanted: Sendable, Hashable {
    case integer
    /// An integer of at most four bytes: char, short or int.
    case shortInteger
    /// An integer that is compatible with this C type.
    case type(IntegerType)
    case pointerOrInteger
    /// A pointer, an integer or what sym() and func() return.
    case kernelAddress
    /// What usym() and its like return; a pointer or an integer too when there is a target process (-p, -c).
    case userAddress
    /// A string or an array of char.
    case text
    /// An array of wchar_t.
    case wideText
    case floating
    case longDouble
    /// A 64-bit integer: nanoseconds since 1970.
    case time
    /// What stack(), ustack() and jstack() return.
    case stack
    /// Nothing: `%%`.
    case nothing
  }

  /// The C types that the conversions with a length modifier insist on; `any…` takes both signs.
  package enum IntegerType: String, Sendable, Hashable {
    case short = "short"
    case unsignedShort = "unsigned short"
    case anyShort = "short or unsigned short"
    case int = "int"
    case long = "long"
    case unsignedLong = "unsigned long"
    case anyLong = "long or unsigned long"
    case longLong = "long long"
    case unsignedLongLong = "unsigned long long"
    case anyLongLong = "long long or unsigned long long"
  }
}

extension PrintfFormat.Wanted {
  /// For the diagnostic.
  package var text: String {
    switch self {
    case .integer: "integer of any width"
    case .shortInteger: "char, short or int"
    case .type(let type): type.rawValue
    case .pointerOrInteger: "pointer or integer"
    case .kernelAddress: "pointer, integer or kernel symbol"
    case .userAddress: "user symbol, or with -p or -c a pointer or integer"
    case .text: "string or char [] (or use stringof)"
    case .wideText: "wchar_t []"
    case .floating: "float, double or long double"
    case .longDouble: "long double"
    case .time: "int64_t"
    case .stack: "stack"
    case .nothing: "void"
    }
  }
}

extension PrintfFormat.Conversion {
  package static let percent = Self(kind: .percent, name: "%", wanted: .nothing)

  /// The conversion of this name, with its length modifiers.
  package init?(_ name: String) {
    guard let (kind, wanted) = Self.table[name] else { return nil }
    self.init(kind: kind, name: name, wanted: wanted)
  }

  /// Every conversion there is.
  package static let names: [String] = table.keys.sorted()

  private static let table: [String: (Kind, PrintfFormat.Wanted)] = [
    "a": (.kernelAddress, .kernelAddress),
    "A": (.userAddress, .userAddress),
    "c": (.character, .shortInteger),
    "C": (.escapedCharacter, .shortInteger),
    "d": (.decimal, .integer),
    "e": (.floating(.scientific, uppercase: false), .floating),
    "E": (.floating(.scientific, uppercase: true), .floating),
    "f": (.floating(.fixed, uppercase: false), .floating),
    "g": (.floating(.general, uppercase: false), .floating),
    "G": (.floating(.general, uppercase: true), .floating),
    "hd": (.decimal, .type(.short)),
    "hi": (.decimal, .type(.short)),
    "ho": (.octal, .type(.unsignedShort)),
    "hu": (.unsigned, .type(.unsignedShort)),
    "hx": (.hexadecimal(uppercase: false), .type(.anyShort)),
    "hX": (.hexadecimal(uppercase: true), .type(.anyShort)),
    "i": (.decimal, .integer),
    "k": (.stack, .stack),
    "lc": (.wideCharacter, .type(.int)),
    "ld": (.decimal, .type(.long)),
    "li": (.decimal, .type(.long)),
    "lo": (.octal, .type(.unsignedLong)),
    "lu": (.unsigned, .type(.unsignedLong)),
    "ls": (.wideText, .wideText),
    "lx": (.hexadecimal(uppercase: false), .type(.anyLong)),
    "lX": (.hexadecimal(uppercase: true), .type(.anyLong)),
    "lld": (.decimal, .type(.longLong)),
    "lli": (.decimal, .type(.longLong)),
    "llo": (.octal, .type(.unsignedLongLong)),
    "llu": (.unsigned, .type(.unsignedLongLong)),
    "llx": (.hexadecimal(uppercase: false), .type(.anyLongLong)),
    "llX": (.hexadecimal(uppercase: true), .type(.anyLongLong)),
    "Le": (.floating(.scientific, uppercase: false), .longDouble),
    "LE": (.floating(.scientific, uppercase: true), .longDouble),
    "Lf": (.floating(.fixed, uppercase: false), .longDouble),
    "Lg": (.floating(.general, uppercase: false), .longDouble),
    "LG": (.floating(.general, uppercase: true), .longDouble),
    "o": (.octal, .integer),
    "p": (.hexadecimal(uppercase: false), .pointerOrInteger),
    "s": (.text, .text),
    "S": (.escapedText, .text),
    "T": (.mailTime, .time),
    "u": (.unsigned, .integer),
    "wc": (.wideCharacter, .type(.int)),
    "ws": (.wideText, .wideText),
    "x": (.hexadecimal(uppercase: false), .integer),
    "X": (.hexadecimal(uppercase: true), .integer),
    "Y": (.time, .time),
  ]
}
