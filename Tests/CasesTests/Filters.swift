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

/// Tests/Suspects/listener's filter.
let listener: [UInt8] = instructions(
  """
  40 0 0 12
  21 0 8 2048
  48 0 0 23
  21 0 6 17
  40 0 0 20
  69 4 0 8191
  177 0 0 14
  72 0 0 16
  21 0 1 68
  6 0 0 262144
  6 0 0 0
  """.split(separator: "\n").map(String.init))

/// What tcpdump compiles `(udp[8:2] = 0x7255) or (icmp[8:2] = 0x7255 and icmp[icmptype] == 8) or
/// (tcp[((tcp[12] & 0xf0) >> 2):2] = 0x5293)` to: the numbers that BPFDoor waits for.
let magic: [UInt8] = instructions(
  """
  40 0 0 12
  21 0 27 2048
  48 0 0 23
  21 0 5 17
  40 0 0 20
  69 23 0 8191
  177 0 0 14
  72 0 0 22
  21 19 20 29269
  21 0 7 1
  40 0 0 20
  69 17 0 8191
  177 0 0 14
  72 0 0 22
  21 0 14 29269
  80 0 0 14
  21 11 12 8
  21 0 11 6
  40 0 0 20
  69 9 0 8191
  177 0 0 14
  80 0 0 26
  84 0 0 240
  116 0 0 2
  12 0 0 0
  7 0 0 0
  72 0 0 14
  21 0 1 21139
  6 0 0 262144
  6 0 0 0
  """.split(separator: "\n").map(String.init))
