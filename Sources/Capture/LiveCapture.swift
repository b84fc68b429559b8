import CPcap
package import Events
import Glibc

/// How to capture.
package struct CaptureOptions: Sendable {
  /// The most bytes kept of a packet.
  package var snapLength: Int32 = 262_144
  package var promiscuous = false
  /// The kernel's buffer in bytes. It is divided into blocks of 256 KiB.
  package var bufferSize: Int32 = 32 << 20
  /// Milliseconds after which the kernel hands over a block that is not full, at least 1: the longest a packet waits in
  /// the kernel. So many of them, one for each block, is also the longest that whoever reads may be held up while packets trickle: 3.8 s.
  package var timeout: Int32 = 30
  /// In libpcap's language; empty for everything.
  package var filter = ""
  /// The network namespace to capture in, as a path: `/run/netns/NAME`, `/proc/PID/ns/net`; nil for the thread's own.
  package var namespace: String?

  package init() {}
}

/// What libpcap and the kernel counted since the capture began.
package struct CaptureStatistics: Sendable, Equatable {
  /// Packets that passed the filter, dropped ones included.
  package var received: UInt64
  /// Packets dropped because the buffer was full.
  package var dropped: UInt64
  /// Packets dropped by the interface or its driver. libpcap reads it from the program's own network namespace, so for
  /// a capture in another one it is nil.
  package var interfaceDropped: UInt64?
}

/// Packets from an interface as they come. The handle is closed when its owner goes away.
///
/// A named interface keeps its own link type, so that tcpdump opens what is recorded of it; `any` is captured as
/// LINUX_SLL2, which says the interface and the direction of each packet.
package struct LiveCapture: ~Copyable {
  package let interface: String
  /// The packets that `drain` has delivered.
  package private(set) var delivered: UInt64 = 0

  private let opened: OpenedCapture
  private let elsewhere: Bool

  /// Opens `interface`, or `any`. The thread enters the namespace of the options for as long as this takes: call it
  /// where the thread is yours.
  package init(interface: String, options: CaptureOptions = CaptureOptions()) throws(CaptureError) {
    let opened = try inNetworkNamespace(options.namespace) { () throws(CaptureError) in
      try OpenedCapture(interface, options)
    }
    self.opened = opened
    self.interface = interface
    elsewhere = options.namespace != nil
  }

  package var linkType: LinkType { opened.linkType }

  /// The cookie of the network namespace that it captures in, as kernel events name it; 0 where the kernel does not say.
  package var namespace: UInt64 { opened.namespace }

  /// The number of the interface in that namespace; 0 for `any`.
  package var interfaceIndex: UInt32 { opened.interfaceIndex }

  /// Poll it for reading; then call `drain`.
  package var descriptor: CInt { opened.descriptor }

  /// Calls `body` with each packet that waits, up to `most`, and answers how many there were; never waits itself. The
  /// bytes are valid during the call only. `index` becomes the frames' interface.
  package mutating func drain(
    _ most: Int, interface index: Int = 0, _ body: (FrameInfo, RawSpan) -> Void
  ) throws(CaptureError) -> Int {
    var count = 0
    while count < most {
      var header: UnsafeMutablePointer<pcap_pkthdr>?
      var data: UnsafePointer<UInt8>?
      let status = unsafe pcap_next_ex(opened.handle.raw, &header, &data)
      if status == 0 { break }
      guard status == 1, let header = unsafe header?.pointee, let data = unsafe data else {
        throw .read(interface: interface, words: opened.handle.words)
      }
      count += 1
      delivered += 1
      // Safe: libpcap keeps caplen bytes at `data` until its next call, and the span ends with `body`.
      let bytes = unsafe UnsafeRawBufferPointer(start: data, count: Int(header.caplen)).bytes
      let time = Int64(header.ts.tv_sec) &* 1_000_000_000 &+ Int64(header.ts.tv_usec) &* opened.fraction
      body(
        FrameInfo(
          time: Instant(nanoseconds: time), wireLength: Int(header.len), linkType: linkType, interface: index,
          direction: opened.direction.of(bytes)), bytes)
    }
    return count
  }

  package func statistics() throws(CaptureError) -> CaptureStatistics {
    var counters = pcap_stat()
    guard unsafe pcap_stats(opened.handle.raw, &counters) == 0 else {
      throw .read(interface: interface, words: opened.handle.words)
    }
    return CaptureStatistics(
      received: UInt64(counters.ps_recv), dropped: UInt64(counters.ps_drop),
      interfaceDropped: elsewhere ? nil : UInt64(counters.ps_ifdrop))
  }
}

/// What comes out of opening, in the namespace where that is done.
// Not private: whoever holds a LiveCapture refers to this type's metadata, and a release build then does not link.
struct OpenedCapture: ~Copyable {
  let handle: PcapHandle
  let linkType: LinkType
  let descriptor: CInt
  let namespace: UInt64
  let interfaceIndex: UInt32
  let direction: FrameDirection
  /// Nanoseconds in a unit of the timestamps' fraction.
  let fraction: Int64

  init(_ interface: String, _ options: CaptureOptions) throws(CaptureError) {
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    // Safe, here and below: the strings live for the calls, and the handle as long as its owner.
    guard let created = unsafe pcap_create(interface, &message) else {
      throw .open(interface: interface, words: text(message))
    }
    let handle = unsafe PcapHandle(adopting: created)
    try Self.activate(handle, interface, options)
    if interface == "any" { _ = unsafe pcap_set_datalink(handle.raw, LinkType.linuxCooked2.dlt) }
    let linkType = LinkType(dlt: unsafe pcap_datalink(handle.raw))
    if !options.filter.isEmpty {
      let filter = try CompiledFilter(options.filter, handle: handle, linkType: linkType)
      guard filter.install(handle) == 0 else {
        throw .filter(options.filter, linkType: linkType, words: handle.words)
      }
    }
    guard unsafe pcap_setnonblock(handle.raw, 1, &message) == 0 else {
      throw .open(interface: interface, words: text(message))
    }
    let descriptor = unsafe pcap_get_selectable_fd(handle.raw)
    guard descriptor >= 0 else { throw .open(interface: interface, words: "it cannot be polled") }
    self.linkType = linkType
    self.descriptor = descriptor
    namespace = namespaceCookie(of: descriptor)
    // Safe: the name is bridged to a NUL-ended copy for the call.
    interfaceIndex = unsafe if_nametoindex(interface)
    direction = FrameDirection(linkType: linkType, own: OwnAddresses(of: interface))
    let precision = unsafe pcap_get_tstamp_precision(handle.raw)
    fraction = precision == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000
    self.handle = handle
  }

  private static func activate(
    _ handle: borrowing PcapHandle, _ interface: String, _ options: CaptureOptions
  ) throws(CaptureError) {
    // These fail on an activated handle only.
    _ = unsafe pcap_set_snaplen(handle.raw, options.snapLength)
    _ = unsafe pcap_set_promisc(handle.raw, options.promiscuous ? 1 : 0)
    _ = unsafe pcap_set_tstamp_precision(handle.raw, PCAP_TSTAMP_PRECISION_NANO)
    _ = unsafe pcap_set_buffer_size(handle.raw, max(1 << 20, options.bufferSize))
    // Not libpcap's immediate mode: its ring has slots of the snap length, and 256 KiB for each packet lost 184 of 200
    // datagrams on loopback [measured]. Without a timeout a block would wait until it is full.
    _ = unsafe pcap_set_timeout(handle.raw, max(1, options.timeout))
    let status = unsafe pcap_activate(handle.raw)
    // Positive values are warnings: promiscuous mode that `any` does not have, for one.
    guard status < 0 else { return }
    var words = handle.words
    if words.isEmpty { words = unsafe String(cString: pcap_statustostr(status)) }
    switch status {
    case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED: throw .permission(interface: interface, words: words)
    case PCAP_ERROR_NO_SUCH_DEVICE: throw .noSuchInterface(interface, words: words)
    case PCAP_ERROR_IFACE_NOT_UP: throw .notUp(interface, words: words)
    default: throw .open(interface: interface, words: words)
    }
  }
}
