import Application
import Events
import Probes

// A message's probe, and its members as `messageTranslators` lay them out.

extension Message {
  var probe: MessageProbe {
    switch self {
    case .dns(let message): message.isResponse ? .dnsResponse : .dnsQuery
    case .dnsAddress: .dnsAnswer
    case .httpRequest: .httpRequest
    case .httpResponse: .httpResponse
    case .tlsClientHello: .tlsClientHello
    case .tlsServerHello: .tlsServerHello
    case .quicInitial: .quicInitial
    case .sshBanner: .sshBanner
    case .sshKeyExchange: .sshKeyExchange
    case .smtpCommand: .smtpCommand
    case .smtpReply: .smtpReply
    case .ftpCommand: .ftpCommand
    case .ftpReply: .ftpReply
    case .socksRequest: .socksRequest
    case .socksReply: .socksReply
    case .ntp: .ntpMessage
    case .dhcp: .dhcpMessage
    case .snmp: .snmpMessage
    case .nbns(let message): message.isResponse ? .nbnsResponse : .nbnsQuery
    case .wireGuard: .wireguardMessage
    }
  }

  /// The numbers and the texts of args[9], in order.
  func members(_ texts: Texts) -> (numbers: [UInt64], texts: [ArraySlice<UInt8>]) {
    switch self {
    case .dns(let message):
      (
        [
          UInt64(message.identification), UInt64(message.flags), UInt64(message.opcode), UInt64(message.responseCode),
          UInt64(message.type), UInt64(message.class), UInt64(message.questions), UInt64(message.answers), 0,
        ], [texts[message.name], ArraySlice(DNSType.name(message.type).utf8), []]
      )
    case .dnsAddress(let answer):
      (
        [0, 0x8000, 0, 0, answer.address.version == 4 ? 1 : 28, 1, 0, 0, UInt64(answer.timeToLive)],
        [
          texts[answer.name], ArraySlice(DNSType.name(answer.address.version == 4 ? 1 : 28).utf8),
          ArraySlice(answer.address.description.utf8),
        ]
      )
    case .httpRequest(let request):
      (
        [0, Self.length(request.contentLength)],
        [
          texts[request.method], texts[request.host], texts[request.target], texts[request.version],
          texts[request.userAgent], [], [],
        ]
      )
    case .httpResponse(let response):
      (
        [UInt64(response.status), Self.length(response.contentLength)],
        [[], [], [], texts[response.version], [], texts[response.server], texts[response.contentType]]
      )
    case .tlsClientHello(let hello):
      (
        [UInt64(hello.version), 0],
        [
          texts[hello.serverName], texts[hello.protocols], texts[hello.ja3], texts[hello.ja4],
          ArraySlice("\(hello.carrier)".utf8),
        ]
      )
    case .tlsServerHello(let hello):
      (
        [UInt64(hello.version), UInt64(hello.cipherSuite)],
        [[], texts[hello.protocol], texts[hello.ja3s], [], ArraySlice("\(hello.carrier)".utf8)]
      )
    case .quicInitial(let initial):
      (
        [UInt64(initial.version), initial.isFromClient ? 1 : 0],
        [texts[initial.destinationID], texts[initial.sourceID]]
      )
    case .sshBanner(let banner): ([0], [texts[banner.identification], []])
    case .sshKeyExchange(let exchange): ([exchange.isFromClient ? 1 : 0], [[], texts[exchange.hassh]])
    case .smtpCommand(let command): ([0], [texts[command.verb], texts[command.argument], []])
    case .smtpReply(let reply): ([UInt64(reply.status)], [[], [], texts[reply.text]])
    case .ftpCommand(let command):
      (
        [0, UInt64(command.data?.port ?? 0)],
        [texts[command.verb], texts[command.argument], [], Self.text(command.data?.address)]
      )
    case .ftpReply(let reply):
      (
        [UInt64(reply.status), UInt64(reply.data?.port ?? 0)],
        [[], [], texts[reply.text], Self.text(reply.data?.address)]
      )
    case .socksRequest(let request):
      (
        [UInt64(request.version), UInt64(request.command), 0, UInt64(request.port)],
        [request.host.isEmpty ? Self.text(request.address) : texts[request.host]]
      )
    case .socksReply(let reply): ([UInt64(reply.version), 0, UInt64(reply.status), 0], [[]])
    case .ntp(let message): ([UInt64(message.version), UInt64(message.mode), UInt64(message.stratum)], [])
    case .dhcp(let message):
      (
        [UInt64(message.type), message.isReply ? 1 : 0, UInt64(message.transaction)],
        [
          texts[message.hardwareAddress], texts[message.hostName], texts[message.domainName],
          texts[message.vendorClass], texts[message.clientIdentifier], Self.text(message.requestedAddress),
          Self.text(message.yourAddress), Self.text(message.server),
        ]
      )
    case .snmp(let message): ([UInt64(message.version), UInt64(message.type)], [texts[message.community]])
    case .nbns(let message):
      ([UInt64(message.opcode), UInt64(message.suffix)], [texts[message.name], Self.text(message.address)])
    case .wireGuard(let message): ([UInt64(message.type), UInt64(message.sender), UInt64(message.receiver)], [])
    }
  }

  private static func text(_ address: Address?) -> ArraySlice<UInt8> {
    address.map { ArraySlice($0.description.utf8) } ?? []
  }

  /// -1 where the message does not say it.
  private static func length(_ length: UInt64?) -> UInt64 { length ?? .max }
}
