package import Cases
import Events
import Glibc
import Processes

/// Whom a case is about, and what is looked at.
package struct CaseRequest: Sendable {
  /// The live run: `-p` or `-c`, interfaces, how long.
  package var observation = ObservationRequest()
  /// `-r`: a recording instead, in one file or several.
  package var recording: [String] = []
  /// `--process`: whom of the recording, by pid or name.
  package var process: String?
  /// The command that asks the same again.
  package var again = ""
  package init() {}
}

/// Asks the questions of a process and says what the evidence comes to.
/// - Parameter begun: called in a live run when everything is in place: what happens from then on is seen.
package func investigate(
  _ request: CaseRequest, begun: @escaping (_ process: UInt32) -> Void = { _ in },
  progress: (ObservationProgress) -> Void
) throws(TraceProblem) -> CaseReport {
  if !request.recording.isEmpty { return try investigate(recording: request.recording, request) }

  // The command waits at its gate until everything is in place.
  let child = try request.observation.command.map { command throws(TraceProblem) in try startChild(command) }
  guard let target = child.map({ UInt32($0.pid) }) ?? request.observation.target else {
    throw .input("no process to investigate: -p PID, -c COMMAND or -r FILE")
  }
  if child == nil { try requireProcess(target) }

  // The questions first: what is wrong with them is said before anything runs.
  var observer = try CaseObserver(target) { begun(target) }
  var observation = try Observation(request.observation, child: child)
  let end = try observation.run(&observer, progress: progress)
  return observer.conclude(end, isWhole: true, again: request.again)
}

/// The same over a recording: once to see who is in it, once for the questions.
private func investigate(recording paths: [String], _ request: CaseRequest) throws(TraceProblem) -> CaseReport {
  guard !paths.contains("-") else { throw .input("a case reads its recording twice: - cannot be one") }
  var people = CaseCandidates()
  var first = try Replay(paths)
  _ = try first.run(&people)
  let target = try people.choice(request.process, in: paths.joined(separator: ", "))
  var observer = try CaseObserver(target)
  var second = try Replay(paths)
  let end = try second.run(&observer)
  return observer.conclude(end, isWhole: true, again: request.again)
}
