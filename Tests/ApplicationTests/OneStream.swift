import Application
import Bytes
import Dissection
import Events

/// One direction of a TCP connection.
struct OneStream {
  private var conversations = Conversations()
  private var sequence: UInt32 = 1

  /// What is said when these bytes come next.
  mutating func send(_ payload: [UInt8]) -> [Said] {
    var layers = dissect(RawSpan(_elements: [UInt8]().span), link: LinkType(101), wireLength: 0)
    layers.transport = .tcp
    layers.sequence = sequence
    layers.tcpFlags = 0x18
    layers.payloadOffset = 0
    layers.payloadLength = UInt32(payload.count)
    layers.payloadCaptured = UInt32(payload.count)
    let isNew = sequence == 1
    sequence += UInt32(payload.count)
    guard
      conversations.read(
        layers, RawSpan(_elements: payload.span), flow: (0, isNew, true), at: Instant(nanoseconds: 0))
    else { return [] }
    return conversations.messages.map { Said(frame: 0, message: $0, texts: conversations.texts) }
  }

  /// The JA4 of what is said then.
  mutating func fingerprints(of payload: [UInt8]) -> [String] {
    send(payload).compactMap { said in
      if case .tlsClientHello(let hello) = said.message { said.string(hello.ja4) } else { nil }
    }
  }
}
