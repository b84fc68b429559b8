/// How packets are carried inside other packets.
@frozen @usableFromInline
package struct Tunnels: OptionSet, Sendable, Hashable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt8
  @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }
  /// An IP packet directly in another, of the same version or the other one (protocols 4 and 41).
  @inlinable package static var ipInIP: Tunnels { Tunnels(rawValue: 1) }
  @inlinable package static var gre: Tunnels { Tunnels(rawValue: 2) }
  @inlinable package static var vxlan: Tunnels { Tunnels(rawValue: 4) }
  @inlinable package static var geneve: Tunnels { Tunnels(rawValue: 8) }
  @inlinable package static var gtp: Tunnels { Tunnels(rawValue: 16) }
  @inlinable package static var l2tp: Tunnels { Tunnels(rawValue: 32) }
  @inlinable package static var teredo: Tunnels { Tunnels(rawValue: 64) }
  /// A label stack: no addresses of its own, but between routers that nobody else sees.
  @inlinable package static var mpls: Tunnels { Tunnels(rawValue: 128) }
  @inlinable package static var all: Tunnels { Tunnels(rawValue: 255) }
}
