/// Calls of one process that were too many to be told: what is lost there says nothing of any other process.
package struct UntoldCalls: Sendable, Equatable {
  package var pid: UInt32
  package var command: [UInt8]

  package init(pid: UInt32, command: [UInt8]) {
    self.pid = pid
    self.command = command
  }

  /// As losses name it: `nethogs[1234] calls`.
  package var stage: String { "\(printable(command))[\(pid)] calls" }

  /// The process whose calls a stage counts; nil for every other stage.
  package static func pid(ofStage stage: String) -> UInt32? {
    guard stage.hasSuffix("] calls"), let start = stage.lastIndex(of: "[") else { return nil }
    return UInt32(stage[stage.index(after: start)...].dropLast("] calls".count))
  }
}
