import Bytes

/// A UDP datagram between two ports.
struct Datagram {
  let source: UInt16
  let destination: UInt16

  private func isTo(_ port: UInt16) -> Bool { source == port || destination == port }

  /// Reads the datagram as the protocol that its port announces, when it can be that; otherwise as the one whose shape it has.
  func read(_ bytes: RawSpan, into output: inout Output) {
    if DNS.isPort(source) || DNS.isPort(destination) {
      if DNS.read(bytes, into: &output) { return }
    }
    // HTTP over UDP: SSDP (UPnP Device Architecture 2.0 §1), by any port.
    if HTTP.begins(bytes) == .yes {
      _ = HTTP.readHead(bytes, isLast: true, into: &output)
      return
    }
  }
}
