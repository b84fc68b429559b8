/// What kind of traffic a frame is.
struct Traffic: Equatable {
  var name: String
  /// True for what two parties say to each other: who hears it hears other people. False for what a network says about itself.
  var isConversation: Bool
  /// True when the frame can carry what an application chose.
  var carriesData: Bool

  private static func conversation(_ name: String) -> Traffic {
    Traffic(name: name, isConversation: true, carriesData: true)
  }

  private static func service(_ name: String, carriesData: Bool = false) -> Traffic {
    Traffic(name: name, isConversation: false, carriesData: carriesData)
  }

  init(of frame: ProbeFrame) { self = Self.kind(of: frame) }

  private init(name: String, isConversation: Bool, carriesData: Bool) {
    self.name = name
    self.isConversation = isConversation
    self.carriesData = carriesData
  }

  private static func kind(of frame: ProbeFrame) -> Traffic {
    let type = frame.etherType
    if let group = controlGroup(of: frame) {
      return service(group.carriesOthers ? links[type] ?? group.name : group.name)
    }
    if type < 0x600 { return service(frame.number(at: 14, width: 2) == 0xfefe ? "IS-IS" : "IEEE 802.2") }
    if let link = links[type] { return service(link) }
    if [0x8847, 0x8848].contains(type) { return conversation("MPLS") }
    // Another version of it than the one there is (RFC 2516 §4) is on no wire.
    if type == 0x8864 { return frame.number(at: 14, width: 1) == 0x11 ? conversation("PPPoE") : service("PPPoE") }
    if [0x8100, 0x88a8, 0x9100].contains(type) {
      let inner = tagged(frame) ?? 0
      return inner < 0x600 ? service("IEEE 802.2") : links[inner].map { service($0) } ?? conversation("VLAN")
    }
    guard let headers = FrameHeaders(frame) else { return service("ethertype 0x\(String(type, radix: 16))") }

    if let name = servicePort(frame, headers) { return service(name) }
    if headers.proto == 58 { return messageOfICMPv6(frame, headers) }
    if headers.proto == 1 { return service("ICMP", carriesData: true) }
    if let control = controls[headers.proto] { return service(control) }
    // 224.0.0.0/24 and ff02::/16 stay on the link, for protocols about the link (RFC 5771 §4, RFC 4291 §2.7).
    let isLinkLocal = [headers.source, headers.target].contains { address in
      headers.version == 4
        ? frame.number(at: address.lowerBound, width: 3) == 0xe0_0000
        : frame.number(at: address.lowerBound, width: 2) == 0xff02
    }
    if isLinkLocal { return service("link-local multicast") }
    return talks[headers.proto].map(conversation) ?? service("IP protocol \(headers.proto)")
  }

  /// The ethertype behind a VLAN tag that is part of the frame; behind IEEE 802.2's header for it (SNAP, RFC 1042) where that is there.
  private static func tagged(_ frame: ProbeFrame) -> UInt32? {
    let inner = frame.number(at: 16, width: 2)
    if let inner, links[inner] != nil { return inner }
    return frame.number(at: 18, width: 4) == 0xaaaa_0300 ? frame.number(at: 24, width: 2) : inner
  }

  /// A filter that names no transport takes these ports of all of them, and means the service: but beyond the well-known ports
  /// only UDP is it.
  private static func servicePort(_ frame: ProbeFrame, _ headers: FrameHeaders) -> String? {
    guard headers.hasPorts else { return nil }
    return [headers.targetPort, headers.sourcePort].compactMap { frame.number(at: $0.lowerBound, width: 2) }
      .first { servicePorts[$0] != nil && (headers.proto == 17 || $0 < 1024) }.flatMap { servicePorts[$0] }
  }

  private static func messageOfICMPv6(_ frame: ProbeFrame, _ headers: FrameHeaders) -> Traffic {
    switch frame.number(at: headers.transport, width: 1) {
    case 133, 134, 135, 136, 137: service("ICMPv6 neighbour discovery")
    case 130, 131, 132, 143: service("MLD")
    default: service("ICMPv6", carriesData: true)
    }
  }

  /// The protocol of the link that alone writes to this frame's receiver, if one does.
  static func controlGroup(of frame: ProbeFrame) -> (prefix: [UInt8], name: String, carriesOthers: Bool)? {
    controlGroups.first { frame.bytes.starts(with: $0.prefix) }
  }

  /// Receivers that only protocols of the link write to. A frame there has no sender far away.
  private static let controlGroups: [(prefix: [UInt8], name: String, carriesOthers: Bool)] = [
    ([0x01, 0x80, 0xc2, 0x00, 0x00], "STP", true),
    ([0x01, 0x00, 0x0c, 0xcc, 0xcc], "CDP", false),
    ([0x01, 0xe0, 0x52, 0xcc, 0xcc], "FDP", false),
    ([0x01, 0x00, 0x81, 0x00, 0x01], "SONMP", false),
    ([0x00, 0xe0, 0x2b, 0x00, 0x00], "EDP", false),
    ([0x01, 0x1b, 0x19, 0x00, 0x00], "PTP", false),
  ]

  /// Whether a protocol of the link has the ethertype.
  static func isLink(_ etherType: UInt32) -> Bool { links[etherType] != nil }

  /// By ethertype.
  private static let links: [UInt32: String] = [
    0x0806: "ARP", 0x8035: "RARP", 0x22f0: "AVTP", 0x22ea: "SRP", 0x8809: "LACP", 0x8863: "PPPoE discovery",
    0x8892: "PROFINET", 0x888e: "EAPOL", 0x88a4: "EtherCAT", 0x88b4: "WAPI", 0x88c7: "802.11 pre-authentication",
    0x88cc: "LLDP", 0x88f5: "MVRP", 0x88f6: "MMRP", 0x88f7: "PTP", 0x8902: "CFM", 0x8914: "FIP", 0x890d: "TDLS",
    0x892f: "HSR", 0x88fb: "PRP", 0x9000: "loopback test",
  ]

  /// By the number of the IP protocol.
  private static let controls: [UInt32: String] = [
    2: "IGMP", 46: "RSVP", 88: "EIGRP", 89: "OSPF", 103: "PIM", 112: "VRRP",
  ]

  private static let talks: [UInt32: String] = [
    4: "IP in IP", 6: "TCP", 17: "UDP", 33: "DCCP", 41: "IPv6 in IP", 47: "GRE", 50: "ESP", 51: "AH", 115: "L2TP",
    132: "SCTP", 136: "UDP-Lite",
  ]

  /// By UDP port: what a host asks the network about itself. DNS is none of it: it tells what people ask for.
  private static let servicePorts: [UInt32: String] = [
    67: "DHCP", 68: "DHCP", 319: "PTP", 320: "PTP", 520: "RIP", 521: "RIPng", 546: "DHCPv6", 547: "DHCPv6",
    1900: "SSDP", 1985: "HSRP", 2029: "HSRP", 3222: "GLBP", 3784: "BFD", 3785: "BFD", 4784: "BFD", 5353: "mDNS",
    5355: "LLMNR", 6784: "BFD",
  ]
}
