package import Recording

/// What a recording is asked to hold, and where.
package struct RecordRequest: Sendable {
  /// The file to write, or with a rotation what the files are named after.
  package var path = ""
  package var rotation = Rotation()
  package var cut = PacketCut()
  /// The bytes to leave free on the file system; nil for the rule of `FreeSpaceGuard`.
  package var leastFree: Int64?
  package var observation = ObservationRequest()
  package init() {
    observation.patience = 3_000_000_000
  }
}

/// What a recording came to.
package struct RecordSummary: Sendable {
  package var packets: UInt64 = 0
  package var events: UInt64 = 0
  package var attributed: UInt64 = 0
  package var losses: [(stage: String, count: UInt64)] = []
  /// Files that were begun.
  package var files = 1
  /// The file could not be written to its end, or an interface not be captured from: why.
  package var problem: String?
  /// An interface could not be read any more: why.
  package var failure: String?
}

/// Records packets with their owners, and what processes do, until the time is up, the command has ended or somebody interrupts.
/// - Parameter begun: called when everything is in place: what happens from then on is recorded.
package func record(
  _ request: RecordRequest, begun: @escaping () -> Void = {}, progress: (ObservationProgress) -> Void
) throws(TraceProblem) -> RecordSummary {
  var observation = try Observation(request.observation)
  var output = try RecordingOutput(request, observation.interfaces, begun: begun)
  let end = try observation.run(&output, progress: progress)
  return output.finish(end)
}
