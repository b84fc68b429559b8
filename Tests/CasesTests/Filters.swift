import Foundation
import Support

/// What tcpdump compiles `expression` to: the instructions, eight bytes each, as a socket holds them.
func compiled(_ expression: String, link: String = "EN10MB") throws -> [UInt8] {
  let tcpdump = try Child(["tcpdump", "-y", link, "-ddd", expression])
  guard tcpdump.wait() == .exited(0) else { throw NotCompiled(expression: expression, errors: tcpdump.errors) }
  return instructions(tcpdump.output.dropFirst())
}

struct NotCompiled: Error {
  var expression: String
  var errors: [String]
}

/// `tcpdump -ddd`'s lines to bytes: code, jump if true, jump if false, constant.
func instructions(_ lines: some Sequence<String>) -> [UInt8] {
  lines.flatMap { line -> [UInt8] in
    let numbers = line.split(separator: " ").compactMap { UInt32($0) }
    return step(UInt16(numbers[0]), UInt8(numbers[1]), UInt8(numbers[2]), numbers[3])
  }
}

/// One `struct sock_filter`.
func step(_ code: UInt16, _ then: UInt8 = 0, _ otherwise: UInt8 = 0, _ constant: UInt32 = 0) -> [UInt8] {
  [UInt8(code & 255), UInt8(code >> 8), then, otherwise] + (0..<4).map { UInt8(constant >> ($0 * 8) & 255) }
}
