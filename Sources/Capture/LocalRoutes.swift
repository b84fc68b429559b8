package import Events
import Files

/// What a network namespace takes for its own beside its interfaces' addresses, by its routes: whole prefixes (AnyIP, `ip route add local …`), and
/// the broadcast addresses of its subnets.
package struct LocalRoutes: Sendable, Equatable {
  package var prefixes: [AddressPrefix] = []
  package var broadcasts: Set<Address> = []

  package init() {}

  /// Those of this thread's network namespace, of the tables `main` and `local`. Of very many routes the first few thousand count.
  package static func current() -> LocalRoutes {
    func text(_ path: String) -> [UInt8] {
      // A router's whole table would take longer to read than it is worth each second.
      (try? FileReader(path).readAll(limit: 1 << 18)) ?? []
    }
    return LocalRoutes(
      trie: text("/proc/thread-self/net/fib_trie"), routes6: text("/proc/thread-self/net/ipv6_route"))
  }

  /// - Parameters:
  ///   - trie: /proc/net/fib_trie (net/ipv4/fib_trie.c, `fib_trie_seq_show`): `|-- ADDRESS`, and below it a line `/LENGTH SCOPE TYPE` for each route.
  ///   - routes6: /proc/net/ipv6_route (net/ipv6/route.c, `ipv6_route_native_seq_show`): the destination and its length in hexadecimal digits,
  ///     seven other columns, the flags; RTF_LOCAL is 0x8000_0000.
  init(trie: [UInt8], routes6: [UInt8]) {
    var address: Address?
    for line in trie.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      guard let first = words.first else { continue }
      if first == "|--", words.count == 2 {
        address = Address(text: words[1])
      } else if first.hasPrefix("/"), words.count >= 3, let address, let length = Int(first.dropFirst()) {
        if words[2] == "LOCAL", length < 32 { add(AddressPrefix(address, length)) }
        if words[2] == "BROADCAST", length == 32 { broadcasts.insert(address) }
      }
    }
    for line in routes6.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      guard words.count >= 9, words[0].count == 32, let length = Int(words[1], radix: 16), length < 128,
        let flags = UInt32(words[8], radix: 16), flags & 0x8000_0000 != 0,
        let high = UInt64(words[0].prefix(16), radix: 16), let low = UInt64(words[0].suffix(16), radix: 16)
      else { continue }
      add(AddressPrefix(Address(v6High: high, low: low), length))
    }
  }

  /// Where nobody has rules of his own both tables are one, and each route is shown twice.
  private mutating func add(_ prefix: AddressPrefix) {
    if !prefixes.contains(prefix) { prefixes.append(prefix) }
  }
}
