import CPcap
import Events
import Glibc

/// A filter's instructions for one link type; freed when its owner goes away.
@safe struct CompiledFilter: ~Copyable {
  // Safe: allocated in init and freed in deinit, and never handed out for longer than a call.
  private let program: UnsafeMutablePointer<bpf_program>

  init(_ text: String, linkType: LinkType, snapLength: Int32) throws(CaptureError) {
    // A handle that captures nothing: it knows link type and snap length, which is all that the compiler asks.
    guard let dead = unsafe pcap_open_dead(linkType.dlt, snapLength) else {
      throw .filter(text, linkType: linkType, words: "out of memory")
    }
    try self.init(text, handle: unsafe PcapHandle(adopting: dead), linkType: linkType)
  }

  /// `handle`: an open capture or a dead one.
  init(_ text: String, handle: borrowing PcapHandle, linkType: LinkType) throws(CaptureError) {
    let program = UnsafeMutablePointer<bpf_program>.allocate(capacity: 1)
    unsafe program.initialize(to: bpf_program())
    // Safe: the program lives until deinit; the text is passed as a C string for the call.
    guard unsafe pcap_compile(handle.raw, program, text, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
      let words = handle.words
      unsafe program.deallocate()
      throw .filter(text, linkType: linkType, words: words)
    }
    unsafe self.program = unsafe program
  }

  deinit {
    unsafe pcap_freecode(program)
    unsafe program.deallocate()
  }

  /// True when the filter accepts the packet.
  borrowing func matches(wireLength: UInt32, _ bytes: RawSpan) -> Bool {
    var header = pcap_pkthdr()
    header.caplen = UInt32(clamping: bytes.byteCount)
    header.len = wireLength
    // Safe: the interpreter reads caplen bytes of the packet, and the span is borrowed for the call. An empty span has
    // no address to give.
    return unsafe bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return false }
      return unsafe pcap_offline_filter(program, &header, start.assumingMemoryBound(to: UInt8.self)) != 0
    }
  }

  /// Gives the filter to an open capture.
  borrowing func install(_ handle: borrowing PcapHandle) -> CInt { unsafe pcap_setfilter(handle.raw, program) }
}
