package import Events

/// What one of the case's D programs printable.
package struct QuestionResult: Sendable, Equatable {
  /// The file's name without `.d`: `40-transmits`.
  package var id: String
  package var question: String
  package var evidence: [String]
  /// False where the stream holds none of what the question needs.
  package var isAnswerable: Bool
  package init(id: String, question: String, evidence: [String], isAnswerable: Bool) {
    self.id = id
    self.question = question
    self.evidence = evidence
    self.isAnswerable = isAnswerable
  }
}

/// The case: each question with its answer and its evidence, and the verdict.
package struct CaseReport: Sendable {
  /// NO is said only when nothing that was needed was lost.
  package enum Answer: String, Sendable {
    case yes, no
    case cannotTell = "cannot-tell"
  }

  package struct Entry: Sendable, Equatable {
    package var question: String
    package var answer: Answer
    package var evidence: [String]
  }

  /// The process that was asked about.
  package struct Subject: Sendable, Equatable {
    package var process: ProcessID
    package var command: String
    package var executable: String
    package var arguments: [String]
    package var user: UInt32?
    package var parent: UInt32?
    package var hasEnded: Bool
  }

  package var subject: Subject
  package var entries: [Entry]
  package var verdict: Verdict
  /// The verdict in one sentence.
  package var sentence: String
  /// `address:port` of what it sent to and of what is sent for it, the most bytes first.
  package var destinations: [String]
  /// Every stage's counter, zeros too.
  package var losses: [(stage: String, count: UInt64)]
  /// False when something was lost, cut short, or never recorded: then nothing is denied.
  package var isComplete: Bool
  /// False when the file lacks its recording's end, and with it what was lost.
  package var hasEnd = true
  /// How long was watched, in nanoseconds.
  package var watched: Int64
  /// The command that asks the same again.
  package var again: String

  /// 0 complete and nothing found, 1 something found, 3 nothing found and not complete.
  package var exitCode: Int32 { verdict != .none ? 1 : isComplete ? 0 : 3 }
}
