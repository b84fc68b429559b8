// A frame's bytes to its layers: one loop, in which each header says what follows it.
//
// A header is read in its own file: a checked view that throws when the bytes cannot hold it, and the step that notes in `Layers` what
// it says and answers which header is next. Nothing is thrown out of `dissect`, nothing is allocated, and no frame takes more than
// `headerLimit` steps and the three before them.

package import Events

/// What the headers of one frame say, written over what `layers` said before.
/// - Parameters:
///   - bytes: what was captured of the frame.
///   - link: the kind of its first header.
///   - wireLength: how long it was on the wire, in bytes; a smaller number than was captured is not believed for the headers' sake.
///   - tunnels: which kinds are entered; the packet inside is then the one that is described. With none it is the outermost, the one that this
///     machine's sockets and interfaces know.
package func dissect(
  _ bytes: RawSpan, link: LinkType, wireLength: Int, entering tunnels: Tunnels = .all, into layers: inout Layers
) {
  layers = Layers(
    link: link.number, wireLength: UInt32(clamping: wireLength), capturedLength: UInt32(clamping: bytes.byteCount))
  var dissector = Dissector(bytes, wireLength: wireLength, entering: tunnels)
  dissector.run(from: Dissector.first(of: link.number), &layers)
}

/// The same as a value of its own. A loop that dissects many frames saves the copy with `dissect(_:link:wireLength:into:)`.
package func dissect(
  _ bytes: RawSpan, link: LinkType, wireLength: Int, entering tunnels: Tunnels = .all
) -> Layers {
  var layers = Layers(link: 0, wireLength: 0, capturedLength: 0)
  dissect(bytes, link: link, wireLength: wireLength, entering: tunnels, into: &layers)
  return layers
}

/// The header that comes next.
enum Next: UInt8 {
  /// Nothing that the dissection reads.
  case payload
  case ethernet, vlan, llc, linuxCooked, linuxCooked2, null, loop
  case ppp, pppoe, ciscoHDLC, wifi, radiotap, ppi, pktap, nflog, ipnet, fddi, ipoib, arcnet, fabricPath
  /// IPv4 or IPv6, as the first four bits say.
  case ip
  case ipv4, ipv6, arp
  /// One of IPv6's extension headers; `Layers.proto` says which.
  case extensionHeader
  case tcp, udp, icmp, icmpv6
  /// A transport that is read no farther than its ports; `Layers.proto` says which.
  case ports
  case mpls, nsh, gre, vxlan, geneve, gtp, l2tp, teredo
  /// A LINKTYPE that is not read.
  case unknownLink
}

/// The bytes that have not been read, and what lies around them.
struct Dissector: ~Escapable {
  /// The most headers that are followed in one frame. Real frames have three to eight; the bound is for hostile ones.
  static let headerLimit = 24

  /// What was captured of the innermost packet, from the next header on.
  private(set) var rest: RawSpan
  /// How many bytes `rest` had on the wire: at least as many.
  private(set) var restOnWire: Int
  /// Where `rest` starts in the frame.
  private(set) var offset = 0
  let entering: Tunnels
  // Beside the layers and not only in them: what is asked for on the way should not have to come back from memory.
  /// The version of the IP header that was read last; 0 before the first.
  var version: UInt8 = 0
  /// What becomes the layers' marks.
  var marks: Layers.Marks = []

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, wireLength: Int, entering tunnels: Tunnels) {
    entering = tunnels
    rest = bytes
    restOnWire = max(min(wireLength, Int(UInt32.max)), bytes.byteCount)
  }

  /// Fails when `rest` does not hold the `count` bytes of a header.
  @inline(__always)
  func need(_ count: Int, _ layer: Layer) throws(Oddity) {
    guard rest.byteCount >= count else { throw .truncated(layer, needed: count, available: rest.byteCount) }
  }

  /// Goes past `count` bytes of `rest`, which holds at least so many.
  @inline(__always)
  mutating func skip(_ count: Int) {
    rest = rest.extracting(count..<rest.byteCount)
    restOnWire &-= count
    offset &+= count
  }

  /// The packet that starts here has `length` bytes: what lies behind them is padding or a trailer.
  /// When the frame was too short for it already on the wire, that is noted and nothing is cut.
  @inline(__always)
  mutating func limit(to length: Int, of layer: Layer, field: Oddity.Field, _ layers: inout Layers) {
    guard length <= restOnWire else {
      layers.note(.inconsistent(layer, field, value: UInt32(truncatingIfNeeded: length)))
      return
    }
    restOnWire = length
    if length < rest.byteCount { rest = rest.extracting(0..<length) }
  }

  /// Reads headers until one is payload, is odd, or is one too many.
  ///
  /// The two or three headers that nearly every frame starts with are read in a straight line, in which the compiler knows what follows
  /// what; any other frame goes on, or starts, with `follow`. (Callgrind: 200 instructions a packet instead of 313.)
  @inline(__always)
  mutating func run(from first: Next, _ layers: inout Layers) {
    var next = first
    do throws(Oddity) {
      if next == .ethernet { next = try ethernet(&layers) }
      if next == .ipv4 { next = try ipv4(&layers) } else if next == .ipv6 { next = try ipv6(&layers) }
      if next == .tcp { next = try tcp(&layers) } else if next == .udp { next = try udp(&layers) }
    } catch {
      layers.note(blame(error))
      next = .payload
    }
    // By value: were its address passed, this dissector would have to live in memory all along.
    if next == .payload { finish(&layers) } else { follow(next, &layers) }
  }

  /// Reads headers, one a step.
  @inline(never)
  private func follow(_ first: Next, _ layers: inout Layers) {
    var dissector = self
    var next = first
    do throws(Oddity) {
      for _ in 0..<Self.headerLimit {
        if next == .payload { return dissector.finish(&layers) }
        next = try dissector.step(next, &layers)
      }
      if next != .payload { layers.note(.tooDeep(layer(of: next, layers.proto))) }
    } catch {
      layers.note(dissector.blame(error))
    }
    dissector.finish(&layers)
  }

  @inline(__always)
  private func finish(_ layers: inout Layers) {
    layers.marks = marks
    layers.payloadOffset = UInt32(truncatingIfNeeded: offset)
    layers.payloadLength = UInt32(truncatingIfNeeded: restOnWire)
    layers.payloadCaptured = UInt32(truncatingIfNeeded: rest.byteCount)
  }

  /// A header that is short because the capture is: that is not the packet's fault.
  private func blame(_ oddity: Oddity) -> Oddity {
    guard case .truncated(let layer, let needed, let available) = oddity, Int(needed) <= restOnWire else {
      return oddity
    }
    return .cutOff(layer, needed: needed, available: available)
  }

  @inline(__always)
  private mutating func step(_ next: Next, _ layers: inout Layers) throws(Oddity) -> Next {
    switch next {
    case .ethernet: try ethernet(&layers)
    case .vlan: try vlan(&layers)
    case .llc: try llc(&layers)
    case .linuxCooked: try linuxCooked(&layers)
    case .linuxCooked2: try linuxCooked2(&layers)
    case .null: try null(&layers)
    case .loop: try loop(&layers)
    case .ip: try ip(&layers)
    case .ipv4: try ipv4(&layers)
    case .ipv6: try ipv6(&layers)
    case .extensionHeader: try extensionHeader(&layers)
    case .arp: try arp(&layers)
    case .tcp: try tcp(&layers)
    case .udp: try udp(&layers)
    case .icmp: try icmp(&layers)
    case .icmpv6: try icmpv6(&layers)
    case .ports: try ports(&layers)
    case .ppp: try ppp(&layers)
    case .pppoe: try pppoe(&layers)
    case .ciscoHDLC: try ciscoHDLC(&layers)
    case .wifi: try wifi(&layers)
    case .radiotap: try radiotap(&layers)
    case .ppi: try ppi(&layers)
    case .pktap: try pktap(&layers)
    case .nflog: try nflog(&layers)
    case .ipnet: try ipnet(&layers)
    case .fddi: try fddi(&layers)
    case .ipoib: try ipoib(&layers)
    case .arcnet: try arcnet(&layers)
    case .fabricPath: try fabricPath(&layers)
    case .mpls: try mpls(&layers)
    case .nsh: try nsh(&layers)
    case .gre: try gre(&layers)
    case .vxlan: try vxlan(&layers)
    case .geneve: try geneve(&layers)
    case .gtp: try gtp(&layers)
    case .l2tp: try l2tp(&layers)
    case .teredo: try teredo(&layers)
    case .unknownLink: throw .unknownLink(layers.link)
    case .payload: .payload
    }
  }

  private func layer(of next: Next, _ proto: UInt8) -> Layer {
    switch next {
    case .payload, .unknownLink: .frame
    case .ethernet: .ethernet
    case .vlan: .vlan
    case .llc: .llc
    case .linuxCooked: .linuxCooked
    case .linuxCooked2: .linuxCooked2
    case .null: .null
    case .loop: .loop
    case .ip, .ipv4: .ipv4
    case .ipv6: .ipv6
    case .extensionHeader: IPv6ExtensionHeader.layer(of: proto)
    case .arp: .arp
    case .tcp: .tcp
    case .udp: .udp
    case .icmp: .icmp
    case .icmpv6: .icmpv6
    case .ports: Dissector.portsOnly(proto).layer
    case .ppp: .ppp
    case .pppoe: .pppoe
    case .ciscoHDLC: .ciscoHDLC
    case .wifi: .wifi
    case .radiotap: .radiotap
    case .ppi: .ppi
    case .pktap: .pktap
    case .nflog: .nflog
    case .ipnet: .ipnet
    case .fddi: .fddi
    case .ipoib: .ipoib
    case .arcnet: .arcnet
    case .fabricPath: .fabricPath
    case .mpls: .mpls
    case .nsh: .nsh
    case .gre: .gre
    case .vxlan: .vxlan
    case .geneve: .geneve
    case .gtp: .gtp
    case .l2tp: .l2tp
    case .teredo: .teredo
    }
  }
}
