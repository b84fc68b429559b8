package import Events
import Files

/// What is in a process's network namespace: this host's addresses there, and its interfaces.
package struct NetworkNamespace: Sendable, Equatable {
  /// The namespace's inode number.
  package var inode: UInt64
  package var addresses: [Address]
  package var interfaces: [ProcessState.Interface]

  package init(of pid: UInt32) {
    let base = "/proc/\(pid)"
    inode = identity(of: base + "/ns/net")?.inode ?? 0
    let sixes = InterfaceAddresses(readText(base + "/net/if_inet6") ?? "")
    addresses = localAddresses(readText(base + "/net/fib_trie", limit: 4 << 20) ?? "") + sixes.addresses
    interfaces = multicastInterfaces(readText(base + "/net/igmp") ?? "")
    for interface in sixes.interfaces where !interfaces.contains(interface) { interfaces.append(interface) }
  }
}

/// The IPv4 addresses that the routing tables call local (`/proc/PID/net/fib_trie`), each once.
func localAddresses(_ trie: String) -> [Address] {
  var found: [Address] = []
  var candidate: Address?
  for line in trie.split(separator: "\n") {
    let words = line.split(separator: " ")
    if words.first == "|--" {
      candidate = words.count > 1 ? dotted(words[1]) : nil
    } else if words == ["/32", "host", "LOCAL"], let address = candidate, !found.contains(address) {
      found.append(address)
    }
  }
  return found
}

private func dotted(_ text: Substring) -> Address? {
  let parts = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
  return parts.count == 4 ? Address(v4: parts.reduce(0) { $0 << 8 | UInt32($1) }) : nil
}

/// `/proc/PID/net/if_inet6`: address, number, prefix length, scope, flags in hexadecimal, and the interface's name.
struct InterfaceAddresses {
  var addresses: [Address] = []
  var interfaces: [ProcessState.Interface] = []

  init(_ table: String) {
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 6, words[0].utf8.count == 32, let high = UInt64(words[0].prefix(16), radix: 16),
        let low = UInt64(words[0].suffix(16), radix: 16), let index = UInt32(words[1], radix: 16)
      else { continue }
      addresses.append(Address(v6High: high, low: low))
      let interface = ProcessState.Interface(index: index, name: Array(words[5].utf8))
      if !interfaces.contains(interface) { interfaces.append(interface) }
    }
  }
}

/// `/proc/PID/net/igmp`: a line for each interface that has IPv4, beginning with its number and name.
func multicastInterfaces(_ table: String) -> [ProcessState.Interface] {
  table.split(separator: "\n").dropFirst().compactMap { line in
    guard let first = line.first, first.isNumber else { return nil }
    let words = line.split { $0 == "\t" || $0 == " " || $0 == ":" }
    guard words.count > 1, let index = UInt32(words[0]) else { return nil }
    return ProcessState.Interface(index: index, name: Array(words[1].utf8))
  }
}
