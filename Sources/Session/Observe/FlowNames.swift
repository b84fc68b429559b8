import Application
import Correlation
import Dissection
import Events

/// The names of conversations: those that they say themselves (a TLS or QUIC server name, an HTTP host, what DNS was asked), and those that an
/// earlier DNS answer gave for their ends. Nothing is looked up.
struct FlowNames {
  /// The most names of one flow; what it says after that is not kept.
  static let limit = 16
  /// The most addresses whose names are remembered: twice as many at times. When so many came, the older half is forgotten.
  static let addressLimit = 1 << 15

  private var conversations = Conversations(fingerprints: false)
  /// By the flow's index: what it said, and what its ends were known by when it began.
  private var said: [[String]] = []
  private var known: [[String]] = []
  /// By address the name that was asked for last; what is older than the last `addressLimit` stands in `older`.
  private var newer: [Address: String] = [:]
  private var older: [Address: String] = [:]

  /// What was not read for want of room, and how often.
  var unread: [(what: String, count: UInt64)] {
    let losses = conversations.losses
    return [
      ("connections", losses.streams), ("long messages", losses.oversized), ("fragmented datagrams", losses.datagrams),
      ("handshakes", losses.handshakes), ("texts", losses.texts),
    ].filter { $0.1 > 0 }
  }

  /// Reads what a packet says.
  @inline(__always)
  mutating func read(_ layers: inout Layers, _ frame: RawSpan, _ flow: FlowTable.Recorded, at time: Instant) {
    if flow.isNew { begin(flow.index, layers) }
    let isSaid = conversations.read(inPlace: &layers, frame, flow: (flow.index, flow.isNew, flow.isForward), at: time)
    if isSaid { note(conversations.messages, conversations.texts, flow.index) }
  }

  /// The names of each flow, by its index: its own first.
  mutating func finish() -> Found {
    var rest: [(flow: Int, messages: [Message], texts: Texts)] = []
    conversations.finish { flow, _, said in rest.append((flow, said.messages, said.texts)) }
    for last in rest { note(last.messages, last.texts, last.flow) }
    return Found(said: said, known: known)
  }

  /// What was found.
  struct Found: Sendable {
    fileprivate var said: [[String]]
    fileprivate var known: [[String]]

    subscript(flow: Int) -> [String] { said[flow] + known[flow].filter { !said[flow].contains($0) } }
  }

  @inline(never)
  private mutating func begin(_ flow: Int, _ layers: Layers) {
    if flow == said.count {
      said.append([])
      known.append([])
    }
    said[flow] = []
    known[flow] = newer.isEmpty && older.isEmpty ? [] : [layers.destination, layers.source].compactMap(name)
  }

  private func name(_ address: Address) -> String? { newer[address] ?? older[address] }

  @inline(never)
  private mutating func note(_ messages: [Message], _ texts: Texts, _ flow: Int) {
    for message in messages {
      switch message {
      case .dns(let message): add(message.name, of: texts, to: flow)
      case .dnsAddress(let answer): remember(answer.address, answer.name, of: texts)
      case .httpRequest(let request): add(request.host, of: texts, to: flow)
      case .tlsClientHello(let hello): add(hello.serverName, of: texts, to: flow)
      default: break
      }
    }
  }

  /// What a flow says again, as most do, is not made a string first.
  private mutating func add(_ name: TextRange, of texts: Texts, to flow: Int) {
    let bytes = texts[name]
    guard !bytes.isEmpty, said[flow].count < Self.limit, !said[flow].contains(where: { $0.utf8.elementsEqual(bytes) })
    else { return }
    let text = texts.string(name)
    if !said[flow].contains(text) { said[flow].append(text) }
  }

  private mutating func remember(_ address: Address, _ name: TextRange, of texts: Texts) {
    let known = newer[address]
    if let known, known.utf8.elementsEqual(texts[name]) { return }
    if newer.count == Self.addressLimit, known == nil {
      older = newer
      newer = [:]
    }
    newer[address] = texts.string(name)
  }
}
