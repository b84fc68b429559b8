import CPcap

/// One of libpcap's handles; it is closed when its owner goes away.
@safe struct PcapHandle: ~Copyable {
  // Safe: open from init to deinit, and given to libpcap's calls only.
  let raw: OpaquePointer

  init(adopting raw: OpaquePointer) { unsafe self.raw = unsafe raw }

  deinit { unsafe pcap_close(raw) }

  /// libpcap's words for what failed last.
  var words: String { unsafe String(cString: pcap_geterr(raw)) }
}
