/// The headers that the dissection knows, by the names their standards give them. Evidence in an `Oddity` points at one.
@frozen @usableFromInline
package enum Layer: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case frame
  case ethernet, vlan, llc, linuxCooked, linuxCooked2, null, loop
  case ppp, pppoe, ciscoHDLC, wifi, radiotap, ppi, pktap, nflog, ipnet, fddi, ipoib, arcnet, fabricPath
  case mpls, nsh, gre, vxlan, geneve, gtp, l2tp, teredo
  case ipv4, ipv6, hopByHop, routing, fragment, destinationOptions, authentication, mobility, hostIdentity, shim6
  case arp
  case tcp, udp, icmp, icmpv6, sctp, dccp, udpLite
}
