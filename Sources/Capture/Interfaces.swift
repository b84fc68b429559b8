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
