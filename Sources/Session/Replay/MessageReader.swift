import Application
import Correlation
import Dissection
import Events

/// What the packets of a run say.
struct MessageReader {
  private var table = FlowTable()
  private var conversations = Conversations()

  /// What one packet said.
  struct Said {
    var messages: [Message]
    var texts: Texts
  }

  /// - Returns: what the packet says; nil when it says nothing.
  mutating func read(_ packet: Timeline.Packet, _ frame: RawSpan) -> Said? {
    var layers = packet.layers
    let time = packet.info.time
    guard let flow = table.record(inPlace: &layers, at: time),
      conversations.read(inPlace: &layers, frame, flow: (flow.index, flow.isNew, flow.isForward), at: time)
    else { return nil }
    return Said(messages: conversations.messages, texts: conversations.texts)
  }
}

/// Keeps what packets say from when a packet is told until it fires: some items wait for what a call brings.
struct MessageQueue {
  /// Packets that were told, and those of them that fired.
  private var told: UInt64 = 0
  private var fired: UInt64 = 0
  /// Of packets that said something and have not fired, in order.
  private var waiting = Queue<(packet: UInt64, said: MessageReader.Said)>()

  mutating func append(_ said: MessageReader.Said?) {
    told &+= 1
    if let said { waiting.append((told, said)) }
  }

  /// What the next packet to fire said; nil when it said nothing.
  mutating func next() -> MessageReader.Said? {
    fired &+= 1
    return waiting.first?.packet == fired ? waiting.popFirst()?.said : nil
  }
}
