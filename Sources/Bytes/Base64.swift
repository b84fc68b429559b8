// RFC 4648 §4, with padding.

private let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// Each letter's six bits; 64 for what is no letter.
private let values: [UInt8] = {
  var values = [UInt8](repeating: 64, count: 256)
  for (value, letter) in zip(0..., letters) { values[Int(letter)] = UInt8(value) }
  return values
}()

/// `bytes` in base64, appended to `text`.
package func appendBase64(_ bytes: [UInt8], to text: inout [UInt8]) {
  text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
  let letters = letters
  let whole = bytes.count - bytes.count % 3
  var index = 0
  while index < whole {
    let word = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
    text.append(letters[Int(word >> 18)])
    text.append(letters[Int(word >> 12 & 63)])
    text.append(letters[Int(word >> 6 & 63)])
    text.append(letters[Int(word & 63)])
    index += 3
  }
  guard whole < bytes.count else { return }
  let isTwo = bytes.count - whole == 2
  let word = UInt32(bytes[whole]) << 16 | (isTwo ? UInt32(bytes[whole + 1]) << 8 : 0)
  text.append(letters[Int(word >> 18)])
  text.append(letters[Int(word >> 12 & 63)])
  text.append(isTwo ? letters[Int(word >> 6 & 63)] : UInt8(ascii: "="))
  text.append(UInt8(ascii: "="))
}

/// The bytes that `text` stands for; nil when it is not base64.
package func bytes(base64 text: [UInt8]) -> [UInt8]? {
  guard text.count % 4 == 0 else { return nil }
  let padding = text.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.count / 4 * 3)
  var word: UInt32 = 0
  for index in 0..<text.count {
    let value = index < text.count - padding ? values[Int(text[index])] : 0
    guard value < 64 else { return nil }
    word = word << 6 | UInt32(value)
    guard index % 4 == 3 else { continue }
    bytes.append(UInt8(truncatingIfNeeded: word >> 16))
    bytes.append(UInt8(truncatingIfNeeded: word >> 8))
    bytes.append(UInt8(truncatingIfNeeded: word))
    word = 0
  }
  bytes.removeLast(padding)
  return bytes
}
