// A frame's bytes to its layers: one loop, in which each header says what follows it.
//
// A header is read in its own file: a checked view that throws when the bytes cannot hold it, and the step that notes in `Layers` what
// it says and answers which header is next. Nothing is thrown out of `dissect`, nothing is allocated, and no frame takes more than `headerLimit` steps.

package import Events

/// What the headers of one frame say.
/// - Parameters:
///   - bytes: what was captured of the frame.
///   - link: the kind of its first header.
///   - wireLength: how long it was on the wire, in bytes; a smaller number than was captured is not believed for the headers' sake.
package func dissect(_ bytes: RawSpan, link: LinkType, wireLength: Int) -> Layers {
  var dissector = Dissector(bytes, link: link.number, wireLength: wireLength)
  dissector.run(from: Dissector.first(of: link.number))
  return dissector.layers
}

/// The header that comes next.
enum Next {
  case ethernet, llc, linuxCooked, linuxCooked2, null, loop
  case vlan
  /// IPv4 or IPv6, as the first four bits say.
  case ip
  case ipv4, ipv6, arp
  /// One of IPv6's extension headers, by its protocol number.
  case extensionHeader(UInt8)
  case tcp, udp, icmp, icmpv6
  /// A protocol that begins with two ports and is read no farther.
  case ports(Layers.Transport, Layer)
  /// Nothing that the dissection reads: payload.
  case payload
}

/// The bytes, where in them the next header starts, and what has been learned.
struct Dissector: ~Escapable {
  /// The most headers that are followed in one frame. Real frames have three to eight; the bound is for hostile ones.
  static let headerLimit = 24

  private let bytes: RawSpan
  /// Where the next header starts.
  private(set) var offset = 0
  /// Where the innermost packet ends in what was captured, and on the wire.
  private(set) var end: Int
  private(set) var wireEnd: Int
  var layers: Layers

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, link: UInt32, wireLength: Int) {
    self.bytes = bytes
    end = bytes.byteCount
    wireEnd = max(wireLength, bytes.byteCount)
    layers = Layers(
      link: link, wireLength: UInt32(clamping: wireLength), capturedLength: UInt32(clamping: bytes.byteCount))
  }

  /// The bytes from the next header to the end of the packet around it.
  var rest: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(offset..<end) }
  }

  /// Bytes of `rest` as they were on the wire.
  var restOnWire: Int { wireEnd &- offset }

  /// Goes past `count` bytes of `rest`, which holds at least so many.
  mutating func skip(_ count: Int) { offset = min(offset &+ count, end) }

  /// The packet that starts `before` bytes ago has `length` bytes: what lies behind them is padding or a trailer.
  /// Says so when the frame was too short for it already on the wire.
  mutating func limit(to length: Int, of layer: Layer, field: Oddity.Field) {
    guard length <= wireEnd &- offset else {
      note(.inconsistent(layer, field, value: UInt32(clamping: length)))
      return
    }
    wireEnd = offset &+ length
    end = min(end, wireEnd)
  }

  /// Keeps the first oddity.
  mutating func note(_ oddity: Oddity) {
    if layers.oddity == nil { layers.oddity = oddity }
  }

  /// Reads headers until one is payload, is odd, or is one too many.
  mutating func run(from first: Next?) {
    guard let first else {
      note(.unknownLink(layers.link))
      return finish()
    }
    var next = first
    do throws(Oddity) {
      for _ in 0..<Self.headerLimit {
        next = try step(next)
        if case .payload = next { return finish() }
      }
      note(.tooDeep(layer(of: next)))
    } catch {
      note(blame(error))
    }
    finish()
  }

  private mutating func finish() {
    layers.payloadOffset = UInt32(truncatingIfNeeded: offset)
    layers.payloadLength = UInt32(truncatingIfNeeded: wireEnd &- offset)
    layers.payloadCaptured = UInt32(truncatingIfNeeded: end &- offset)
  }

  /// A header that is short because the capture is: that is not the packet's fault.
  private func blame(_ oddity: Oddity) -> Oddity {
    guard case .truncated(let layer, let needed, let available) = oddity, wireEnd > end,
      Int(needed) <= wireEnd &- offset
    else { return oddity }
    return .cutOff(layer, needed: needed, available: available)
  }

  @inline(__always)
  private mutating func step(_ next: Next) throws(Oddity) -> Next {
    switch next {
    case .ethernet: try ethernet()
    case .vlan: try vlan()
    case .llc: try llc()
    case .linuxCooked: try linuxCooked()
    case .linuxCooked2: try linuxCooked2()
    case .null: try null()
    case .loop: try loop()
    case .ip: try ip()
    case .ipv4: try ipv4()
    case .ipv6: try ipv6()
    case .extensionHeader(let proto): try extensionHeader(proto)
    case .arp: try arp()
    case .tcp: try tcp()
    case .udp: try udp()
    case .icmp: try icmp()
    case .icmpv6: try icmpv6()
    case .ports(let transport, let layer): try ports(transport, layer)
    case .payload: .payload
    }
  }

  private func layer(of next: Next) -> Layer {
    switch next {
    case .ethernet: .ethernet
    case .vlan: .vlan
    case .llc: .llc
    case .linuxCooked: .linuxCooked
    case .linuxCooked2: .linuxCooked2
    case .null: .null
    case .loop: .loop
    case .ip, .ipv4: .ipv4
    case .ipv6: .ipv6
    case .extensionHeader(let proto): IPv6ExtensionHeader.layer(of: proto)
    case .arp: .arp
    case .tcp: .tcp
    case .udp: .udp
    case .icmp: .icmp
    case .icmpv6: .icmpv6
    case .ports(_, let layer): layer
    case .payload: .frame
    }
  }
}
