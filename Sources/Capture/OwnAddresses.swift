import CPcap
package import Events
import Glibc

/// The addresses by which an interface's own packets are known: its hardware address and its IP addresses.
struct OwnAddresses: Sendable {
  var hardware: [UInt8] = []
  /// Four or sixteen bytes each.
  var internet: [[UInt8]] = []

  /// Those of `name` in the thread's network namespace; none where they cannot be had.
  init(of name: String) {
    for entry in interfaceAddresses() where entry.interface == name {
      if entry.family == AF_PACKET { hardware = entry.bytes } else { internet.append(entry.bytes) }
    }
  }
}

/// The IP addresses of every interface of this network namespace, or of the one at `namespace`; none where they cannot be had.
package func ownInternetAddresses(namespace: String? = nil) throws(CaptureError) -> [Address] {
  try inNetworkNamespace(namespace) { () throws(CaptureError) -> [Address] in
    interfaceAddresses().compactMap { entry in
      func word(_ range: Range<Int>) -> UInt64 { entry.bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
      return switch entry.family {
      case AF_INET: Address(v4: UInt32(truncatingIfNeeded: word(0..<4)))
      case AF_INET6: Address(v6High: word(0..<8), low: word(8..<16))
      default: nil
      }
    }
  }
}

/// The Ethernet addresses of every interface of this thread's network namespace, 48 bits each, loopback's zeros among them.
package func ownHardwareAddresses() -> Set<UInt64> {
  Set(
    interfaceAddresses().filter { $0.family == AF_PACKET && $0.bytes.count == 6 }
      .map { $0.bytes.reduce(0) { $0 << 8 | UInt64($1) } })
}

/// An address of an interface: AF_PACKET for its hardware's, AF_INET with four bytes, AF_INET6 with sixteen.
private struct InterfaceAddress {
  var interface: String
  var family: Int32
  var bytes: [UInt8]
}

/// All addresses in the thread's network namespace; none where they cannot be had.
private func interfaceAddresses() -> [InterfaceAddress] {
  var list: UnsafeMutablePointer<ifaddrs>?
  // Safe: the list is freed below after everything was copied out of it.
  guard unsafe getifaddrs(&list) == 0 else { return [] }
  defer { unsafe freeifaddrs(list) }
  var found: [InterfaceAddress] = []
  var next = unsafe list
  while let entry = unsafe next {
    unsafe next = unsafe entry.pointee.ifa_next
    guard let address = unsafe entry.pointee.ifa_addr else { continue }
    // Safe: getifaddrs gives each address in a structure as long as its family's, and the offsets lie in these:
    // sockaddr_ll (halen at 11, address of up to 8 bytes at 12), sockaddr_in (address at 4), sockaddr_in6 (address at 8).
    let bytes = UnsafeRawPointer(address)
    func copy(_ range: Range<Int>) -> [UInt8] {
      range.map { unsafe bytes.load(fromByteOffset: $0, as: UInt8.self) }
    }
    let family = Int32(unsafe address.pointee.sa_family)
    let content: [UInt8]
    switch family {
    case AF_PACKET: content = copy(12..<12 + min(8, Int(copy(11..<12)[0])))
    case AF_INET: content = copy(4..<8)
    case AF_INET6: content = copy(8..<24)
    default: continue
    }
    found.append(
      InterfaceAddress(interface: unsafe String(cString: entry.pointee.ifa_name), family: family, bytes: content))
  }
  return found
}
