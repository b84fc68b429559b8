/// Names and paths come from strangers. As text in one line: UTF-8 as it is; control characters, backslashes,
/// characters that change the direction of writing, and bytes that are no UTF-8 as `\xNN`, byte by byte.
package func printable(_ bytes: [UInt8]) -> String {
  if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) {
    return String(decoding: bytes, as: UTF8.self)
  }
  var text = ""
  var decoder = UTF8()
  var rest = bytes[...].makeIterator()
  var index = 0
  while true {
    switch decoder.decode(&rest) {
    case .emptyInput: return text
    case .scalarValue(let scalar):
      let count = UTF8.width(scalar)
      if isHarmless(scalar) {
        text.unicodeScalars.append(scalar)
      } else {
        for byte in bytes[index..<index + count] { text += "\\x" + twoDigits(byte) }
      }
      index += count
    case .error:
      // The decoder has looked further than the byte that was wrong: begin again after it.
      text += "\\x" + twoDigits(bytes[index])
      index += 1
      decoder = UTF8()
      rest = bytes[index...].makeIterator()
    }
  }
}

private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
  default: scalar != "\\"
  }
}

/// Two digits a byte, as sums are written.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String { bytes.map(twoDigits).joined() }

private func twoDigits(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

/// A program's arguments with a space between; those that have spaces themselves, or nothing, in quotes.
package func commandLine(_ arguments: [[UInt8]]) -> String {
  arguments.map { argument in
    let text = printable(argument)
    return text.isEmpty || text.contains(" ") ? "'\(text)'" : text
  }.joined(separator: " ")
}
