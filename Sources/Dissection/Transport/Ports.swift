// Every transport with ports begins with the two of them, so they are read even when the rest of the header was cut off.

import Bytes

extension Dissector {
  /// Notes where the transport layer starts, and its ports.
  @inline(__always)
  mutating func beginTransport(_ transport: Layers.Transport, _ layer: Layer) throws(Oddity) {
    let rest = self.rest
    layers.transport = transport
    layers.transportOffset = UInt32(truncatingIfNeeded: offset)
    guard rest.byteCount >= 4 else { throw .truncated(layer, needed: 4, available: rest.byteCount) }
    layers.sourcePort = rest.bigEndian(UInt16.self, at: 0)
    layers.destinationPort = rest.bigEndian(UInt16.self, at: 2)
    layers.marks.insert(.ports)
  }

  /// SCTP (RFC 9260 §3.1), DCCP (RFC 4340 §5.1), UDP-Lite (RFC 3828 §3.1): the ports only, and a fixed first part.
  mutating func ports(_ transport: Layers.Transport, _ layer: Layer) throws(Oddity) -> Next {
    try beginTransport(transport, layer)
    let count = transport == .udpLite ? 8 : 12
    guard rest.byteCount >= count else { throw .truncated(layer, needed: count, available: rest.byteCount) }
    layers.transportHeaderLength = UInt32(truncatingIfNeeded: count)
    skip(count)
    return .payload
  }
}
