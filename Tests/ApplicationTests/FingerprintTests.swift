import Application
import Bytes
import Dissection
import Events
import Testing

/// JA4 against the examples of its specification.
struct FingerprintTests {
  /// The specification's lists: a browser's, with GREASE in front of each.
  static let suites: [UInt16] = [
    0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
    0x002f, 0x0035,
  ]
  static let extensions: [UInt16] = [
    0x1a1a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01,
    0x000b, 0x000a, 0x0015,
  ]
  static let signatures: [UInt16] = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]

  @Test func `the specification's example has the specification's fingerprint`() {
    #expect(ja4() == "t13d1516h2_8daaf6152771_e5627efa2ab1")
  }

  @Test func `without signature algorithms the list of extensions ends without an underscore`() {
    #expect(ja4(signatures: []) == "t13d1516h2_8daaf6152771_6d807ffa2a79")
  }

  @Test func `a hello without suites and extensions has zeros for them`() {
    #expect(ja4(suites: [], extensions: []) == "t12i000000_000000000000_000000000000")
  }

  @Test(
    arguments: [
      ([0xab], "ab"), ([0x20], "20"), ([0xab, 0xcd], "ad"), ([0x20, 0x61], "21"), ([0x30, 0xab], "3b"),
      ([0x61, 0x20], "60"), ([0x30, 0x31, 0xab, 0xcd], "3d"), ([0x30, 0xab, 0xcd, 0x31], "01"), ([0x68], "hh"),
      ([], "00"),
    ] as [([UInt8], String)])
  func `a protocol's letters are its first and its last, or those of its digits`(name: [UInt8], letters: String) {
    #expect(ja4(protocol: name) == "t13d1516\(letters)_8daaf6152771_e5627efa2ab1")
  }

  @Test func `a hello in records of seven bytes and segments of five is the same`() {
    let hello = Self.hello(protocol: Array("h2".utf8))
    let records = stride(from: 0, to: hello.count, by: 7).flatMap {
      let part = hello[$0..<min($0 + 7, hello.count)]
      return [22, 3, 1, 0, UInt8(part.count)] + part
    }
    var stream = OneStream()
    var found: [String] = []
    for start in stride(from: 0, to: records.count, by: 5) {
      found += stream.fingerprints(of: Array(records[start..<min(start + 5, records.count)]))
    }
    #expect(found == ["t13d1516h2_8daaf6152771_e5627efa2ab1"])
  }

  private func ja4(
    suites: [UInt16] = suites, extensions: [UInt16] = extensions, signatures: [UInt16] = signatures,
    protocol name: [UInt8] = Array("h2".utf8)
  ) -> String? {
    let hello = Self.hello(suites: suites, extensions: extensions, signatures: signatures, protocol: name)
    var stream = OneStream()
    return stream.fingerprints(of: [22, 3, 1] + Self.two(hello.count) + hello).first
  }

  private static func two(_ count: Int) -> [UInt8] { [UInt8(count >> 8), UInt8(count & 0xff)] }
  private static func list(_ numbers: [UInt16]) -> [UInt8] { numbers.flatMap { two(Int($0)) } }

  /// A handshake message with these lists.
  private static func hello(
    suites: [UInt16] = suites, extensions: [UInt16] = extensions, signatures: [UInt16] = signatures,
    protocol name: [UInt8]
  ) -> [UInt8] {
    var body: [UInt8] =
      [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + two(suites.count * 2) + list(suites) + [1, 0]
    let written = extensions.flatMap { (type: UInt16) -> [UInt8] in
      if type == 0x000d, signatures.isEmpty { return two(Int(type)) + [0, 2, 0, 0] }
      let data: [UInt8] =
        switch type {
        case 0x0000: [0, 12, 0, 0, 9] + Array("localhost".utf8)
        case 0x000d: two(signatures.count * 2) + list(signatures)
        case 0x0010: two(name.count + 1) + [UInt8(name.count)] + name
        case 0x002b: [4, 0x2a, 0x2a, 3, 4]
        default: []
        }
      return two(Int(type)) + two(data.count) + data
    }
    if !extensions.isEmpty { body += two(written.count) + written }
    return [1, 0] + two(body.count) + body
  }
}
