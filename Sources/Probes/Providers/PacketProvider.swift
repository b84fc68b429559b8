import IR

/// Captured frames: `packet:INTERFACE:PROTOCOL:send|receive|forward|capture`, one firing a frame. PROTOCOL is the innermost that
/// was read; `capture` is for frames whose direction is not known, as in most capture files.
///
/// args: `pktinfo_t`, `csinfo_t`, `ipinfo_t`, `ifinfo_t`, `tcpinfo_t`, `udpinfo_t`, `icmpinfo_t`, `ownerinfo_t`, `flowinfo_t`; arg0
/// is the length on the wire.
package func packetProvider(interfaces: [String]) -> Provider {
  let names = interfaces.isEmpty ? [""] : interfaces
  return Provider(
    name: "packet",
    probes: names.flatMap { interface in
      PacketProtocol.allCases.flatMap { proto in
        PacketDirection.allCases.map { direction in
          Probe(
            module: interface, function: proto.rawValue, name: direction.rawValue,
            site: .packet(layer: proto.rawValue, direction: direction.rawValue), arguments: packetArguments)
        }
      }
    })
}

/// The innermost protocol of a frame, as probes name it.
package enum PacketProtocol: String, Sendable, CaseIterable {
  case tcp, udp, icmp, icmp6, arp, ip, ip6, other

  /// Its place in `allCases`.
  package var number: Int {
    switch self {
    case .tcp: 0
    case .udp: 1
    case .icmp: 2
    case .icmp6: 3
    case .arp: 4
    case .ip: 5
    case .ip6: 6
    case .other: 7
    }
  }
}

package enum PacketDirection: String, Sendable, CaseIterable {
  case capture, receive, send, forward

  /// Its place in `allCases`.
  package var number: Int {
    switch self {
    case .capture: 0
    case .receive: 1
    case .send: 2
    case .forward: 3
    }
  }
}

let packetArguments = [
  Argument("packet", "pktinfo_t *", .fed(slot: 0)),
  Argument("connection", "csinfo_t *", .fed(slot: 1)),
  Argument("network", "ipinfo_t *", .fed(slot: 2)),
  Argument("interface", "ifinfo_t *", .fed(slot: 3)),
  Argument("tcp", "tcpinfo_t *", .fed(slot: 4)),
  Argument("udp", "udpinfo_t *", .fed(slot: 5)),
  Argument("icmp", "icmpinfo_t *", .fed(slot: 6)),
  Argument("owner", "ownerinfo_t *", .fed(slot: 7)),
  Argument("flow", "flowinfo_t *", .fed(slot: 8)),
]

/// Where the host's side has a packet's members, after the ten arguments.
package enum PacketSlot: Int, Sendable, CaseIterable {
  case length = 16
  case captured, number, cookie, pid, version, payloadLength, source, destination, proto, timeToLive, interface
  case tcpSourcePort, tcpDestinationPort, sequence, acknowledgment, tcpOffset, tcpFlags, window, tcpLength
  case icmpType, icmpCode, icmpIdentifier, role, confidence, reason, flowPacketsOut, flowBytesOut, flowPacketsIn
  case flowBytesIn, flowOutbound, udpSourcePort, udpDestinationPort, udpLength, direction

  /// Whether the slot holds a text.
  package var isText: Bool {
    switch self {
    case .source, .destination, .interface, .role, .confidence, .reason: true
    default: false
    }
  }
}

/// What packets' arguments offer, with DTrace's names where it has them (DTrace guide, "ip Provider", "tcp Provider").
package let packetTranslators: [Translator] = [
  members(
    "pktinfo_t", ("pkt_len", "uint32_t", .length), ("pkt_caplen", "uint32_t", .captured),
    ("pkt_number", "uint64_t", .number),
    // As `PacketDirection` numbers them: 0 not known, 1 received, 2 sent, 3 forwarded.
    ("pkt_direction", "int", .direction)),
  members("csinfo_t", ("cs_cid", "uint64_t", .cookie), ("cs_pid", "pid_t", .pid)),
  members(
    "ipinfo_t", ("ip_ver", "uint8_t", .version), ("ip_plength", "uint32_t", .payloadLength),
    ("ip_saddr", "string", .source), ("ip_daddr", "string", .destination), ("ip_proto", "uint8_t", .proto),
    ("ip_ttl", "uint8_t", .timeToLive)),
  members("ifinfo_t", ("if_name", "string", .interface)),
  members(
    "tcpinfo_t", ("tcp_sport", "uint16_t", .tcpSourcePort), ("tcp_dport", "uint16_t", .tcpDestinationPort),
    ("tcp_seq", "uint32_t", .sequence), ("tcp_ack", "uint32_t", .acknowledgment), ("tcp_offset", "uint8_t", .tcpOffset),
    ("tcp_flags", "uint8_t", .tcpFlags), ("tcp_window", "uint16_t", .window),
    ("tcp_length", "uint32_t", .tcpLength)),
  members(
    "udpinfo_t", ("udp_sport", "uint16_t", .udpSourcePort), ("udp_dport", "uint16_t", .udpDestinationPort),
    ("udp_length", "uint32_t", .udpLength)),
  members(
    "icmpinfo_t", ("icmp_type", "uint8_t", .icmpType), ("icmp_code", "uint8_t", .icmpCode),
    ("icmp_id", "uint16_t", .icmpIdentifier)),
  members(
    "ownerinfo_t", ("own_pid", "pid_t", .pid), ("own_role", "string", .role), ("own_confidence", "string", .confidence),
    ("own_reason", "string", .reason), ("own_cookie", "uint64_t", .cookie)),
  members(
    "flowinfo_t", ("fl_packets_out", "uint64_t", .flowPacketsOut), ("fl_bytes_out", "uint64_t", .flowBytesOut),
    ("fl_packets_in", "uint64_t", .flowPacketsIn), ("fl_bytes_in", "uint64_t", .flowBytesIn),
    ("fl_outbound", "int", .flowOutbound)),
]

private func members(_ name: String, _ rows: (String, String, PacketSlot)...) -> Translator {
  Translator(
    name: name,
    members: rows.map { row in
      .init(
        row.0, row.1, row.2.isText ? .textFed(slot: row.2.rawValue) : .fed(slot: row.2.rawValue), slot: row.2.rawValue)
    })
}
