import Application
import Correlation
import Dissection
import Events

/// What the packets of a run say, kept from when a packet is told until it fires: some items wait for what a call brings.
struct MessageReader {
  private var table = FlowTable()
  private var conversations = Conversations()
  /// Packets that were read, and those of them that fired.
  private var read: UInt64 = 0
  private var fired: UInt64 = 0
  /// Of packets that said something and have not fired, in order.
  private var waiting = Queue<Said>()

  /// What one packet said.
  struct Said {
    var packet: UInt64
    var messages: [Message]
    var texts: Texts
  }

  mutating func read(_ packet: Timeline.Packet, _ frame: RawSpan) {
    read &+= 1
    var layers = packet.layers
    let time = packet.info.time
    guard let flow = table.record(inPlace: &layers, at: time),
      conversations.read(inPlace: &layers, frame, flow: (flow.index, flow.isNew, flow.isForward), at: time)
    else { return }
    waiting.append(Said(packet: read, messages: conversations.messages, texts: conversations.texts))
  }

  /// What the next packet to fire said; nil when it said nothing.
  mutating func next() -> Said? {
    fired &+= 1
    return waiting.first?.packet == fired ? waiting.popFirst() : nil
  }
}
