import CPcap
import Events
import Glibc

/// An interface that could be captured on.
package struct CaptureInterface: Sendable, Equatable {
  package var name: String
  /// libpcap's words for it; empty for most.
  package var description: String
  package var isUp: Bool
  package var isRunning: Bool
  package var isLoopback: Bool
}

/// The interfaces of this network namespace, or of the one at `namespace`, those first that libpcap would choose; `any`
/// is among them.
package func captureInterfaces(namespace: String? = nil) throws(CaptureError) -> [CaptureInterface] {
  try inNetworkNamespace(namespace) { () throws(CaptureError) -> [CaptureInterface] in
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    var list: UnsafeMutablePointer<pcap_if_t>?
    // Safe: the message is as long as libpcap asks, and the list is freed below after everything was copied out of it.
    guard unsafe pcap_findalldevs(&list, &message) == 0 else { throw .interfaces(words: text(message)) }
    defer { unsafe pcap_freealldevs(list) }
    var found: [CaptureInterface] = []
    var next = unsafe list
    while let entry = unsafe next {
      let flags = unsafe entry.pointee.flags
      found.append(
        CaptureInterface(
          name: unsafe String(cString: entry.pointee.name),
          description: unsafe entry.pointee.description.map { unsafe String(cString: $0) } ?? "",
          isUp: flags & UInt32(PCAP_IF_UP) != 0, isRunning: flags & UInt32(PCAP_IF_RUNNING) != 0,
          isLoopback: flags & UInt32(PCAP_IF_LOOPBACK) != 0))
      unsafe next = unsafe entry.pointee.next
    }
    return found
  }
}

/// The characters up to the first NUL.
func text(_ characters: [CChar]) -> String {
  String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The addresses by which an interface's own packets are known: its hardware address and its IP addresses.
struct OwnAddresses: Sendable {
  var hardware: [UInt8] = []
  /// Four or sixteen bytes each.
  var internet: [[UInt8]] = []

  /// Those of `name` in the thread's network namespace; none where they cannot be had.
  init(of name: String) {
    var list: UnsafeMutablePointer<ifaddrs>?
    // Safe: the list is freed below after everything was copied out of it.
    guard unsafe getifaddrs(&list) == 0 else { return }
    defer { unsafe freeifaddrs(list) }
    var next = unsafe list
    while let entry = unsafe next {
      unsafe next = unsafe entry.pointee.ifa_next
      guard unsafe String(cString: entry.pointee.ifa_name) == name, let address = unsafe entry.pointee.ifa_addr else {
        continue
      }
      // Safe: getifaddrs gives each address in a structure as long as its family's, and the offsets lie in these:
      // sockaddr_ll (halen at 11, address of up to 8 bytes at 12), sockaddr_in (address at 4), sockaddr_in6 (address at
      // 8).
      let bytes = UnsafeRawPointer(address)
      func copy(_ range: Range<Int>) -> [UInt8] {
        range.map { unsafe bytes.load(fromByteOffset: $0, as: UInt8.self) }
      }
      switch Int32(unsafe address.pointee.sa_family) {
      case AF_PACKET: hardware = copy(12..<12 + min(8, Int(copy(11..<12)[0])))
      case AF_INET: internet.append(copy(4..<8))
      case AF_INET6: internet.append(copy(8..<24))
      default: continue
      }
    }
  }
}
