import Dissection
import Events

extension Layers {
  /// It has a tag of 802.1Q or 802.1ad with a number, so that only a device for that takes it; 0 is a priority alone.
  var isOfVLAN: Bool { (vlan ?? 0) != 0 }
}

extension Correlator {
  /// Why no program owns a packet: the kernel sent it, or it is not of this machine, or its owner cannot be known.
  mutating func unmatched(
    _ layers: Layers, _ key: FlowKey, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf,
    isForeign: Bool
  ) -> Answer {
    // IGMP
    if key.proto == 2 { return .kernel(.multicast) }
    let source = isLocal(key.source.address, in: namespace)
    if isOthers || isForwarded(key, in: namespace) { return .kernel(.forwarded) }
    if passing.contains(key) { return .kernel(.forwarded) }
    let isTCP = layers.transport == .tcp
    if isTCP, layers.tcpFlags & 0b100 != 0, direction == .outbound || (direction == .unknown && source == true) {
      return .kernel(.reset)
    }
    if isTCP, layers.tcpFlags & 0b10 != 0 { strangers.note(key, at: asOf.time) }
    if losses > 0 { return .nobody(.lostEvent) }
    guard let start else { return .nobody(.noEvents) }
    if isForeign { return .nobody(.foreignNamespace) }
    // What it carries has no owner of its own (ARP), or could not be read: the tunnel's interface has a socket that no program holds.
    if layers.isTunnelCarrier { return .kernel(.tunnel) }
    if !asOf.isAfter(start) { return .nobody(.beforeStart) }
    if isTCP, !strangers.contains(key) { return .nobody(.beforeStart) }
    return .nobody(.noSocket)
  }

  /// Whether neither end is one of the namespace's own addresses, as far as they are known.
  func isForwarded(_ key: FlowKey, in namespace: UInt64) -> Bool {
    let target = key.destination.address
    return isLocal(key.source.address, in: namespace) == false && isLocal(target, in: namespace) == false
      && !key.source.address.isAny && !target.isGroup && !isBroadcast(target, in: namespace)
  }

  /// Whether a frame that came in is for another station's hardware address, as an interface in promiscuous mode hears it.
  func isForOthers(_ layers: Layers, _ direction: Direction, in namespace: UInt64) -> Bool {
    // `sll_pkttype`: PACKET_OTHERHOST.
    if layers.cookedType != 255 { return layers.cookedType == 3 }
    guard direction == .unknown, layers.link == LinkType.ethernet.number, layers.hardwareDestination & 1 << 40 == 0,
      let own = networks[namespace]?.hardware, !own.isEmpty
    else { return false }
    return !own.contains(layers.hardwareDestination)
  }

  /// Where nobody said which a subnet's broadcast addresses are, those that end in .255 are not taken for another host's.
  private func isBroadcast(_ address: Address, in namespace: UInt64) -> Bool {
    guard address.version == 4 else { return false }
    if let known = networks[namespace]?.broadcasts, !known.isEmpty {
      return known.contains(address) || address.low == 0xffff_ffff
    }
    return address.low & 0xff == 0xff
  }

  /// Whether what is sent to the address is for all who are bound to the port: a group's, or a subnet's broadcast address.
  func isForAll(_ address: Address, in namespace: UInt64) -> Bool {
    address.isGroup || isBroadcast(address, in: namespace) && isLocal(address, in: namespace) != true
  }
}
