/// A JSON text as it is written: members in the order they are added, no white space.
package struct JSON: Sendable {
  package private(set) var text = ""
  private var needsComma = false
  package init() {}

  private mutating func separate() {
    if needsComma { text += "," }
    needsComma = true
  }

  private mutating func key(_ name: String?) {
    separate()
    guard let name else { return }
    append(quoted: name)
    text += ":"
  }

  /// `{ … }`; the name is nil in an array and at the top.
  package mutating func object(_ name: String? = nil, _ body: (inout JSON) -> Void) {
    key(name)
    text += "{"
    needsComma = false
    body(&self)
    text += "}"
    needsComma = true
  }

  package mutating func array(_ name: String? = nil, _ body: (inout JSON) -> Void) {
    key(name)
    text += "["
    needsComma = false
    body(&self)
    text += "]"
    needsComma = true
  }

  /// A string; null when there is none.
  package mutating func string(_ name: String? = nil, _ value: String?) {
    key(name)
    if let value { append(quoted: value) } else { text += "null" }
  }

  /// A number as it is spelled; null when there is none.
  package mutating func number(_ name: String? = nil, _ value: (some BinaryInteger)?) {
    key(name)
    text += value.map { String($0) } ?? "null"
  }

  package mutating func bool(_ name: String? = nil, _ value: Bool) {
    key(name)
    text += value ? "true" : "false"
  }

  /// Seconds since 1970 with nine digits of fraction, exactly.
  package mutating func seconds(_ name: String? = nil, nanoseconds: Int64) {
    key(name)
    text += decimalSeconds(nanoseconds)
  }

  /// RFC 8259 section 7: quotation mark, backslash and control characters are escaped.
  private mutating func append(quoted value: String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

/// Nanoseconds as seconds with nine digits of fraction, exactly.
package func decimalSeconds(_ nanoseconds: Int64) -> String {
  let (whole, part) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
  let digits = String(part)
  return (nanoseconds < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: 9 - digits.count) + digits
}
