/// Bytes that a stranger chose, as one line of text that changes nothing on a terminal: control characters, and marks that turn the
/// direction of writing or break the line, stand as `?`.
package func printable(_ bytes: [UInt8]) -> String {
  String(decoding: bytes, as: UTF8.self).unicodeScalars.reduce(into: "") { text, scalar in
    switch scalar.value {
    case 0..<0x20, 0x7f...0x9f, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: text += "?"
    default: text.unicodeScalars.append(scalar)
    }
  }
}
