import Cases
import Events
import Testing

/// NO is said only when nothing that was needed was lost.
struct DoubtTests {
  private func idle() -> Story {
    var story = Story()
    story.begins(100, "idle")
    story.sends(200, 1)
    return story
  }

  @Test func `a lost record turns every NO into CANNOT TELL`() {
    let report = idle().report(losses: [("kernel-ring", 0), ("capture", 3)])
    #expect(report.verdict == .none)
    #expect(!report.isComplete && report.exitCode == 3)
    for question in Story.questions { #expect(report.answer(question.question) == .cannotTell) }
    #expect(report.losses.contains { $0 == ("kernel-ring", 0) }, "zeros too")
    #expect(report.losses.contains { $0 == ("capture", 3) })
  }

  @Test func `a run that was cut short denies nothing`() {
    let report = idle().report(isComplete: false)
    #expect(report.exitCode == 3)
    #expect(report.answer("Does it capture?") == .cannotTell)
  }

  @Test func `a loss takes nothing from what was seen`() {
    var story = idle()
    story.sends(100, 100)
    let report = story.report(losses: [("capture", 3)])
    #expect(report.verdict == .transmits)
    #expect(report.exitCode == 1)
  }

  @Test func `a recording without events says nothing about a process`() {
    let questions = Story.questions.map {
      QuestionResult(id: $0.id, question: $0.question, evidence: [], isAnswerable: false)
    }
    let report = Story().report(questions: questions)
    #expect(report.exitCode == 3)
    #expect(report.sentence.hasPrefix("CANNOT TELL"))
    for entry in report.entries {
      #expect(entry.answer == .cannotTell, "\(entry.question)")
      #expect(!entry.evidence.isEmpty, "the reason stands there: \(entry.question)")
    }
  }

  @Test func `a question whose needs were not recorded is not denied`() {
    let questions = [QuestionResult(id: "10-files", question: "Which files?", evidence: [], isAnswerable: false)]
    #expect(idle().report(questions: questions).answer("Which files?") == .cannotTell)
  }

  @Test func `what a question printed is its evidence`() {
    let questions = [
      QuestionResult(id: "10-files", question: "Which files?", evidence: ["/etc/hosts 3"], isAnswerable: true)
    ]
    let report = idle().report(questions: questions)
    #expect(report.answer("Which files?") == .yes)
    #expect(report.evidence("Which files?") == ["/etc/hosts 3"])
  }

  @Test func `more destinations than there is room for are counted as lost`() {
    var story = idle()
    for number in 0..<20_000 as Range<UInt32> { story.sends(100, 1, to: Address(v4: 0x0b00_0000 | number)) }
    let report = story.report()
    #expect(report.verdict == .transmits)
    #expect(!report.isComplete)
    #expect(report.losses.contains { $0.count > 0 })
  }
}
