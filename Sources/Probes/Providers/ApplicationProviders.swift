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
    }
  }

  package var name: String {
    switch self {
    case .dnsQuery: "query"
    case .dnsResponse, .httpResponse: "response"
    case .dnsAnswer: "answer"
    case .httpRequest: "request"
    case .tlsClientHello: "client-hello"
    case .tlsServerHello: "server-hello"
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
    texts: ["tls_server_name", "tls_alpn", "tls_ja3", "tls_ja4"]),
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
