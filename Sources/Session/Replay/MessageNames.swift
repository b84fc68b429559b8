import Application
import Events
import Probes

// A message's probe, and its members as `messageTranslators` lay them out.

extension Message {
  /// Nil for a message that has no probe.
  var probe: MessageProbe? {
    switch self {
    case .dns(let message): message.isResponse ? .dnsResponse : .dnsQuery
    case .dnsAddress: .dnsAnswer
    case .httpRequest: .httpRequest
    case .httpResponse: .httpResponse
    case .tlsClientHello: .tlsClientHello
    case .tlsServerHello: .tlsServerHello
    default: nil
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
      ([UInt64(hello.version), 0], [texts[hello.serverName], texts[hello.protocols], [], []])
    case .tlsServerHello(let hello): ([UInt64(hello.version), UInt64(hello.cipherSuite)], [[], [], [], []])
    default: ([], [])
    }
  }

  /// -1 where the message does not say it.
  private static func length(_ length: UInt64?) -> UInt64 { length ?? .max }
}
