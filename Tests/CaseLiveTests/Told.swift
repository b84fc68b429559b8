import Foundation
import Support
import Testing

/// What `culprit case --json` says.
struct Told: Decodable {
  struct Answer: Decodable {
    var question: String
    var answer: String
    var evidence: [String]
  }
  var verdict: String
  var sentence: String
  var destinations: [String]
  var answers: [Answer]
  var loss: [String: UInt64]
  var complete: Bool

  /// Each question with its answer, without the evidence.
  var replies: [String] { answers.map { "\($0.answer): \($0.question)" } }

  func answer(_ question: String) -> Answer? { answers.first { $0.question.contains(question) } }
}

/// A case as it was run: what it said and its exit code.
struct Ran {
  var told: Told
  var end: Child.End
}

/// Ends the command and reads what it said.
func told(by child: Child) throws -> Ran {
  let end = child.wait(within: 60)
  guard let line = child.output.first(where: { $0.hasPrefix("{") }) else {
    throw Silent(end: end, errors: child.errors)
  }
  return Ran(told: try JSONDecoder().decode(Told.self, from: Data(line.utf8)), end: end)
}

struct Silent: Error, CustomStringConvertible {
  var end: Child.End
  var errors: [String]
  var description: String { "culprit case said nothing (\(end)): " + errors.joined(separator: "; ") }
}

extension Lab {
  /// The case against a process of side A, and the case from a recording of the same seconds.
  func cases(against pid: CInt, seconds: Int = 2) throws -> (live: Ran, recorded: Ran) {
    try undisturbed { try look(at: pid, seconds: seconds) }
  }

  private func look(at pid: CInt, seconds: Int) throws -> (live: Ran, recorded: Ran) {
    let culprit = Lab.program("culprit")
    let file = TemporaryFile()
    let watching = ["-p", "\(pid)", "--interface", a.interface, "--duration", "\(seconds)s"]
    let recorder = try Child([culprit, "record", "-o", file.path] + watching, in: a)
    let live = try Child([culprit, "case", "--json"] + watching, in: a)
    #expect(recorder.wait(within: 60) == .exited(0))
    let first = try told(by: live)
    return (first, try told(by: Child([culprit, "case", "--json", "-r", file.path])))
  }

  /// The same of a command, which is started once for each.
  func cases(of command: String, seconds: Int = 3) throws -> (live: Ran, recorded: Ran) {
    try undisturbed { try play(command, seconds: seconds) }
  }

  /// An interrupt that comes just where it would be told of in itself is lost to the kernel, and the case says so: then nothing is known of what
  /// it says of a whole run, and it is played again.
  private func undisturbed(_ play: () throws -> (live: Ran, recorded: Ran)) throws -> (live: Ran, recorded: Ran) {
    for _ in 0..<3 {
      let cases = try play()
      let stages = ["kernel-recursion", "kernel-frames"]
      let lost = [cases.live, cases.recorded].contains { ran in stages.contains { ran.told.loss[$0, default: 0] > 0 } }
      if !lost { return cases }
    }
    return try play()
  }

  private func play(_ command: String, seconds: Int) throws -> (live: Ran, recorded: Ran) {
    let culprit = Lab.program("culprit")
    let file = TemporaryFile()
    let watching = ["-c", command, "--interface", a.interface, "--duration", "\(seconds)s"]
    let recorder = try Child([culprit, "record", "-o", file.path] + watching, in: a)
    let live = try Child([culprit, "case", "--json"] + watching, in: a)
    #expect(recorder.wait(within: 60) == .exited(0))
    let first = try told(by: live)
    return (first, try told(by: Child([culprit, "case", "--json", "-r", file.path])))
  }

  /// Somebody who listens for other programs' connections in B.
  func listener(onPort port: Int) throws -> Child {
    let collector = try Child([Lab.program("collector"), "\(port)"], in: b)
    try collector.line { $0.hasSuffix("listens on port \(port)") }
    return collector
  }
}

/// Both cases say the same, and it is this.
func expect(
  _ cases: (live: Ran, recorded: Ran), _ verdict: String, to destinations: [String], exit code: CInt,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  for ran in [cases.live, cases.recorded] {
    #expect(ran.told.verdict == verdict, "\(ran.told.sentence)", sourceLocation: sourceLocation)
    #expect(ran.told.destinations == destinations, "\(ran.told.sentence)", sourceLocation: sourceLocation)
    #expect(ran.end == .exited(code), sourceLocation: sourceLocation)
    #expect(ran.told.loss.values.allSatisfy { $0 == 0 }, "\(ran.told.loss)", sourceLocation: sourceLocation)
    #expect(ran.told.complete, sourceLocation: sourceLocation)
  }
  #expect(cases.live.told.replies == cases.recorded.told.replies, sourceLocation: sourceLocation)
}
