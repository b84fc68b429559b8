import Bytes
import Cases
import Correlation
import Dissection
import Events
import Questions
import Recording

/// The investigation of one process, live or from a recording: what happened goes to the evidence and to each question's D program.
struct CaseObserver: Observer {
  private var investigation: Investigation
  private var questions: [AskedQuestion] = []
  /// What of the process's doings the stream holds.
  private var hasState = false
  private let target: UInt32
  private let begun: () -> Void

  init(_ target: UInt32, begun: @escaping () -> Void = {}) throws(TraceProblem) {
    self.target = target
    self.begun = begun
    investigation = Investigation(target: target)
    for question in Question.all { questions.append(try AskedQuestion(question, target)) }
  }

  mutating func begin(at time: Instant) {
    for index in questions.indices { questions[index].trace.begin(at: time) }
    begun()
  }

  mutating func learn(_ process: ProcessRecord) {
    for index in questions.indices { questions[index].trace.learn(process) }
  }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    switch item {
    case .event(let event):
      if case .state = event.what, event.actor.process.pid == target { hasState = true }
      investigation.observe(event)
      for index in questions.indices { questions[index].trace.take(item, bytes) }
    case .packet(let packet, let owner):
      let layers = packet.layers
      let key = FlowKey(
        source: Endpoint(layers.source, layers.sourcePort),
        destination: Endpoint(layers.destination, layers.destinationPort),
        proto: layers.proto)
      investigation.observe(
        packet: key, packet.info.direction, of: owner, bytes: Int(layers.wireLength), at: packet.info.time)
    }
  }

  mutating func pause(at time: Instant) {
    for index in questions.indices { questions[index].trace.pause(at: time) }
  }

  /// Closes the case.
  mutating func conclude(_ end: ObservationEnd, isWhole: Bool, again: String) -> CaseReport {
    let results = questions.indices.map { index in
      questions[index].trace.finish(at: end.time)
      return questions[index].result(isAnswerable: hasState)
    }
    return investigation.conclude(
      questions: results, losses: end.losses, isComplete: isWhole && end.cameToItsEnd, hasEnd: end.hasEnd,
      again: again)
  }
}

/// A question, its program, and what that has printed.
private struct AskedQuestion {
  private let question: Question
  private let printed: Lines
  var trace: HostTrace

  init(_ question: Question, _ target: UInt32) throws(TraceProblem) {
    self.question = question
    let printed = Lines()
    self.printed = printed
    var request = TraceRequest()
    request.pieces = [.init(isScript: true, label: question.id + ".d", text: question.text)]
    request.targets = [target]
    trace = try HostTrace(
      request, target: target, interfaces: [], out: { printed.add($0) }, note: { _ in })
  }

  func result(isAnswerable: Bool) -> QuestionResult {
    QuestionResult(id: question.id, question: question.title, evidence: printed.all, isAnswerable: isAnswerable)
  }
}

/// Printed bytes as lines; the first so many.
private final class Lines {
  private var bytes: [UInt8] = []
  private static let limit = 1 << 20

  func add(_ more: RawSpan) -> Bool {
    if bytes.count < Self.limit { bytes.append(copying: more) }
    return true
  }

  /// Without empty lines.
  var all: [String] { bytes.split(separator: UInt8(ascii: "\n")).map { Events.printable(Array($0)) } }
}
