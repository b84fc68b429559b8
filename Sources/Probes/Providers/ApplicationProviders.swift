import IR

/// What applications say in captured packets: `dns:INTERFACE:TRANSPORT:query`, one firing a message.
///
/// args[0] to args[8] are those of the packet that completed the message, as `packetProvider` has them; args[9] is the message. arg0 is
/// the packet's length on the wire.
package func applicationProviders(interfaces: [String]) -> [Provider] {
  let names = interfaces.isEmpty ? [""] : interfaces
  var providers: [Provider] = []
  for message in MessageProbe.allCases {
    let arguments = packetArguments + [Argument("message", message.type + " *", .fed(slot: 9))]
    let probes = names.flatMap { interface in
      MessageProbe.transports.map { transport in
        Probe(
          module: interface, function: transport, name: message.name,
          site: .packet(layer: message.provider, direction: message.name), arguments: arguments)
      }
    }
    if let place = providers.firstIndex(where: { $0.name == message.provider }) {
      providers[place].probes += probes
    } else {
      providers.append(Provider(name: message.provider, probes: probes))
    }
  }
  return providers
}

/// The kinds of messages that fire.
package enum MessageProbe: Int, Sendable, CaseIterable {
  case dnsQuery, dnsResponse, dnsAnswer
  case httpRequest, httpResponse
  case tlsClientHello, tlsServerHello
  case quicInitial
  case sshBanner, sshKeyExchange
  case smtpCommand, smtpReply
  case ftpCommand, ftpReply
  case socksRequest, socksReply
  case ntpMessage, dhcpMessage, snmpMessage
  case nbnsQuery, nbnsResponse
  case wireguardMessage

  /// What carries messages, as the probes' functions name it.
  package static let transports = ["tcp", "udp"]

  package init?(provider: String, name: String) {
    guard let found = Self.allCases.first(where: { $0.provider == provider && $0.name == name }) else { return nil }
    self = found
  }

  package var provider: String {
    switch self {
    case .dnsQuery, .dnsResponse, .dnsAnswer: "dns"
    case .httpRequest, .httpResponse: "http"
    case .tlsClientHello, .tlsServerHello: "tls"
    case .quicInitial: "quic"
    case .sshBanner, .sshKeyExchange: "ssh"
    case .smtpCommand, .smtpReply: "smtp"
    case .ftpCommand, .ftpReply: "ftp"
    case .socksRequest, .socksReply: "socks"
    case .ntpMessage: "ntp"
    case .dhcpMessage: "dhcp"
    case .snmpMessage: "snmp"
    case .nbnsQuery, .nbnsResponse: "nbns"
    case .wireguardMessage: "wireguard"
    }
  }

  package var name: String {
    switch self {
    case .dnsQuery, .nbnsQuery: "query"
    case .dnsResponse, .httpResponse, .nbnsResponse: "response"
    case .dnsAnswer: "answer"
    case .httpRequest, .socksRequest: "request"
    case .tlsClientHello: "client-hello"
    case .tlsServerHello: "server-hello"
    case .quicInitial: "initial"
    case .sshBanner: "banner"
    case .sshKeyExchange: "key-exchange"
    case .smtpCommand, .ftpCommand: "command"
    case .smtpReply, .ftpReply, .socksReply: "reply"
    case .ntpMessage, .dhcpMessage, .snmpMessage, .wireguardMessage: "message"
    }
  }

  /// The type of args[9].
  var type: String { provider + "info_t" }
}

/// Where the host's side has a message's members: numbers and texts, above those of the packet. The members of different
/// protocols share places; a message is of one.
package enum MessageSlot {
  package static let number = 64
  package static let text = 64
  /// The most of either.
  package static let limit = 16
}

/// What args[9] offers: of each protocol its numbers and its texts, in the order in which the host's side has them.
package let messageTranslators: [Translator] = [
  members(
    "dnsinfo_t",
    numbers: [
      ("dns_id", "uint16_t"), ("dns_flags", "uint16_t"), ("dns_opcode", "uint8_t"), ("dns_rcode", "uint8_t"),
      ("dns_qtype", "uint16_t"), ("dns_qclass", "uint16_t"), ("dns_questions", "uint16_t"),
      ("dns_answers", "uint16_t"), ("dns_ttl", "uint32_t"),
    ], texts: ["dns_name", "dns_type", "dns_address"]),
  members(
    "httpinfo_t", numbers: [("http_status", "uint16_t"), ("http_length", "int64_t")],
    texts: [
      "http_method", "http_host", "http_target", "http_version", "http_user_agent", "http_server", "http_content_type",
    ]),
  members(
    "tlsinfo_t", numbers: [("tls_version", "uint16_t"), ("tls_cipher", "uint16_t")],
    texts: ["tls_server_name", "tls_alpn", "tls_ja3", "tls_ja4", "tls_carrier"]),
  members(
    "quicinfo_t", numbers: [("quic_version", "uint32_t"), ("quic_from_client", "int")],
    texts: ["quic_dcid", "quic_scid"]),
  members("sshinfo_t", numbers: [("ssh_from_client", "int")], texts: ["ssh_banner", "ssh_hassh"]),
  members("smtpinfo_t", numbers: [("smtp_status", "uint16_t")], texts: ["smtp_verb", "smtp_argument", "smtp_text"]),
  members(
    "ftpinfo_t", numbers: [("ftp_status", "uint16_t"), ("ftp_data_port", "uint16_t")],
    texts: ["ftp_verb", "ftp_argument", "ftp_text", "ftp_data_address"]),
  members(
    "socksinfo_t",
    numbers: [
      ("socks_version", "uint8_t"), ("socks_command", "uint8_t"), ("socks_status", "uint8_t"),
      ("socks_port", "uint16_t"),
    ], texts: ["socks_host"]),
  members(
    "ntpinfo_t", numbers: [("ntp_version", "uint8_t"), ("ntp_mode", "uint8_t"), ("ntp_stratum", "uint8_t")], texts: []),
  members(
    "dhcpinfo_t", numbers: [("dhcp_type", "uint8_t"), ("dhcp_is_reply", "int"), ("dhcp_xid", "uint32_t")],
    texts: [
      "dhcp_hardware_address", "dhcp_host_name", "dhcp_domain_name", "dhcp_vendor_class", "dhcp_client_id",
      "dhcp_requested_address", "dhcp_your_address", "dhcp_server",
    ]),
  members("snmpinfo_t", numbers: [("snmp_version", "uint8_t"), ("snmp_type", "uint8_t")], texts: ["snmp_community"]),
  members(
    "nbnsinfo_t", numbers: [("nbns_opcode", "uint8_t"), ("nbns_suffix", "uint8_t")],
    texts: ["nbns_name", "nbns_address"]),
  members(
    "wireguardinfo_t",
    numbers: [("wireguard_type", "uint8_t"), ("wireguard_sender", "uint32_t"), ("wireguard_receiver", "uint32_t")],
    texts: []),
]

private func members(_ name: String, numbers: [(String, String)], texts: [String]) -> Translator {
  Translator(
    name: name,
    members: numbers.enumerated().map { place, row in
      .init(row.0, row.1, .fed(slot: MessageSlot.number + place), slot: MessageSlot.number + place)
    }
      + texts.enumerated().map { place, row in
        .init(row, "string", .textFed(slot: MessageSlot.text + place), slot: MessageSlot.text + place)
      })
}
