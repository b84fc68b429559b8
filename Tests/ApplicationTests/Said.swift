import Application
import Bytes
import CaptureFiles
import Correlation
import Dissection
import Events

/// One message of a capture, with the number of its frame from 1; 0 for what was read at the end.
struct Said {
  var frame: Int
  var message: Message
  var texts: Texts

  /// What the conversations of a capture say.
  static func all(in file: CaptureFile) -> [Said] {
    var said: [Said] = []
    var table = FlowTable()
    var conversations = Conversations()
    for (number, frame) in file.frames.enumerated() {
      let bytes = RawSpan(_elements: frame.bytes.span)
      let layers = dissect(bytes, link: frame.link, wireLength: frame.wireLength)
      guard let flow = table.record(layers, at: frame.time) else { continue }
      let isSaid = conversations.read(
        layers, bytes, flow: (flow.index, flow.isNew, flow.isForward), at: frame.time)
      guard isSaid else { continue }
      said += conversations.messages.map { Said(frame: number + 1, message: $0, texts: conversations.texts) }
    }
    conversations.finish { _, _, rest in
      said += rest.messages.map { Said(frame: 0, message: $0, texts: rest.texts) }
    }
    return said
  }

  func string(_ range: TextRange) -> String { texts.string(range) }
}
