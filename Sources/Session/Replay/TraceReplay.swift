/// What a D run came to.
package struct TraceEnd: Sendable {
  /// What exit() was given, or 0.
  package var exitStatus: Int32 = 0
  /// Why the answer is not whole: one line; nil when it is.
  package var problem: String?
  package init(exitStatus: Int32 = 0, problem: String? = nil) {
    self.exitStatus = exitStatus
    self.problem = problem
  }
}

/// Runs D programs over a recording or a capture, from their text to their last line.
/// - Parameters:
///   - paths: files, read as one in this order; `-` reads standard input.
///   - out: what goes to standard output; false when nobody reads it any more.
///   - note: one line for standard error.
package func traceReplay(
  _ request: TraceRequest, paths: [String], out: @escaping (RawSpan) -> Bool, note: @escaping (String) -> Void
) throws(TraceProblem) -> TraceEnd {
  // The file first: its interfaces are names that the text may use.
  var replay = try Replay(paths)
  var trace = try HostTrace(
    request, target: request.targets.first, interfaces: replay.interfaceNames, out: out, note: note)
  trace.tellTrees(note)
  if request.compileOnly { return TraceEnd() }
  trace.announce(request, note)

  let end = try replay.run(&trace)
  trace.finish(at: end.time, wasInterrupted: end.wasInterrupted)
  tellLosses(of: end, request, note)
  return TraceEnd(exitStatus: trace.exitStatus, problem: problem(end))
}

/// A line for each stage that left something out.
func tellLosses(of end: ObservationEnd, _ request: TraceRequest, _ note: (String) -> Void) {
  for loss in end.losses where loss.count > 0 { note("\(request.program): \(loss.count) lost at \(loss.stage)") }
}

/// What of a run is missing, as one line.
func problem(_ end: ObservationEnd) -> String? {
  switch end.reason {
  case .fileDamaged(let text): "\(text); what was read before it was used"
  case .captureFailed(let text): "\(text); what was captured before it was used"
  case .interrupted: "interrupted after \(end.progress.packets) packets and \(end.progress.events) events"
  default: end.damagedRecords > 0 ? "\(end.damagedRecords) damaged records were left out" : nil
  }
}
