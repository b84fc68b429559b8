// Every transport with ports begins with the two of them, so they are read even when the rest of the header was cut off.

import Bytes

extension Dissector {
  /// Notes where the transport layer starts, and its ports.
  @inline(__always)
  mutating func beginTransport(_ transport: Layers.Transport, _ layer: Layer, _ layers: inout Layers) throws(Oddity) {
    let rest = self.rest
    layers.transport = transport
    layers.transportOffset = UInt32(truncatingIfNeeded: offset)
    guard rest.byteCount >= 4 else { throw .truncated(layer, needed: 4, available: rest.byteCount) }
    layers.sourcePort = rest.bigEndian(UInt16.self, at: 0)
    layers.destinationPort = rest.bigEndian(UInt16.self, at: 2)
    marks.insert(.ports)
  }

  /// SCTP (RFC 9260 §3.1), DCCP (RFC 4340 §5.1), UDP-Lite (RFC 3828 §3.1): the ports only, and a fixed first part.
  mutating func ports(_ layers: inout Layers) throws(Oddity) -> Next {
    let (transport, layer, count) = Self.portsOnly(layers.proto)
    try beginTransport(transport, layer, &layers)
    guard rest.byteCount >= count else { throw .truncated(layer, needed: count, available: rest.byteCount) }
    layers.transportHeaderLength = UInt32(truncatingIfNeeded: count)
    skip(count)
    return .payload
  }

  static func portsOnly(_ proto: UInt8) -> (transport: Layers.Transport, layer: Layer, count: Int) {
    switch proto {
    case 132: (.sctp, .sctp, 12)
    case 33: (.dccp, .dccp, 12)
    default: (.udpLite, .udpLite, 8)
    }
  }
}
