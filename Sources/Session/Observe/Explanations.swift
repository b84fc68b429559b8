import Correlation
package import Dissection
package import Events

/// By what evidence a packet's owner was named.
package struct Explanation: Sendable {
  package var number: UInt64
  package var info: FrameInfo
  package var layers: Layers
  package var owner: Owner
  /// What `Owner.reason` means; nil when it is no word of ours.
  package var meaning: String?
  /// What was told of the socket and of the process, in the order of time.
  package var socketEvents: [Event] = []
  package var processEvents: [Event] = []
}

/// What is to be explained.
package enum ExplainedPackets: Sendable {
  case all
  /// Of each conversation, direction and owner the first.
  case onePerFlow
}

/// The observer: holds each packet until what was told within the timeline's lookahead after it is known.
struct Explanations: Observer {
  private struct Conversation: Hashable {
    var key: FlowKey?
    var process: ProcessID?
    var reason: String
  }
  private var evidence = Evidence()
  private var waiting: [Explanation] = []
  private var first = 0
  private var explained: Set<Conversation> = []
  private var count: UInt64 = 0
  private let which: ExplainedPackets
  private let begun: () -> Void
  private let body: (Explanation) -> Void
  private static let lookahead: Int64 = 200_000_000
  private static let mostConversations = 1 << 16

  /// Sockets and processes of which the beginning was forgotten.
  var forgotten: UInt64 { evidence.forgotten }

  init(_ which: ExplainedPackets, begun: @escaping () -> Void = {}, _ body: @escaping (Explanation) -> Void) {
    self.which = which
    self.begun = begun
    self.body = body
  }

  mutating func begin(at time: Instant) { begun() }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    switch item {
    case .event(let event):
      explain(upTo: event.time)
      evidence.learn(event)
    case .packet(let packet, let owner):
      explain(upTo: packet.info.time)
      count &+= 1
      guard isWanted(packet.layers, owner) else { return }
      waiting.append(
        Explanation(
          number: count, info: packet.info, layers: packet.layers, owner: owner,
          meaning: Reason(text: owner.reason)?.meaning))
    }
  }

  private mutating func isWanted(_ layers: Layers, _ owner: Owner) -> Bool {
    guard which == .onePerFlow else { return true }
    if explained.count >= Self.mostConversations { explained.removeAll() }
    let conversation = Conversation(key: layers.flowKey, process: owner.actor?.process, reason: owner.reason)
    return explained.insert(conversation).inserted
  }

  /// Explains the packets about which nothing more will come.
  private mutating func explain(upTo time: Instant) {
    while first < waiting.count, time.nanoseconds &- waiting[first].info.time.nanoseconds > Self.lookahead {
      explainFirst()
    }
    if first > 1024 {
      waiting.removeFirst(first)
      first = 0
    }
  }

  private mutating func explainFirst() {
    var explanation = waiting[first]
    first += 1
    let owner = explanation.owner
    if let socket = owner.socket {
      explanation.socketEvents = evidence.events(of: socket, for: owner.actor?.process, near: explanation.info.time)
    }
    if let process = owner.actor?.process { explanation.processEvents = evidence.events(of: process) }
    body(explanation)
  }

  /// Nothing more will come.
  mutating func finish() {
    while first < waiting.count { explainFirst() }
  }
}

/// Explains the packets of a file.
package func explain(
  _ paths: [String], _ which: ExplainedPackets, _ body: @escaping (Explanation) -> Void
) throws(TraceProblem) -> (end: ObservationEnd, forgotten: UInt64) {
  var explanations = Explanations(which, body)
  var replay = try Replay(paths)
  let end = try replay.run(&explanations)
  explanations.finish()
  return (end, explanations.forgotten)
}

/// Explains the packets of a live run.
package func explain(
  _ request: ObservationRequest, _ which: ExplainedPackets, begun: @escaping () -> Void,
  _ body: @escaping (Explanation) -> Void
) throws(TraceProblem) -> (end: ObservationEnd, forgotten: UInt64) {
  var explanations = Explanations(which, begun: begun, body)
  var observation = try Observation(request)
  let end = try observation.run(&explanations)
  explanations.finish()
  return (end, explanations.forgotten)
}
