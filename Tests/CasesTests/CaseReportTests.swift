import Cases
import Events
import Reports
import Testing

/// The report as people and programs get it.
struct CaseReportTests {
  private var report: CaseReport

  init() {
    var story = Story()
    story.begins(968, "srg", parent: 12) { state in
      state.path = Array("/tmp/srg".utf8)
      state.arguments = ["srg", "-i", "eth0"].map { Array($0.utf8) }
    }
    report = story.report(about: 968, losses: [("kernel-ring", 0), ("capture", 0)])
    report.entries = [
      Self.entry("Which files does it open?", .no),
      Self.entry("Does it capture packets?", .yes, ["descriptor 3", "41 frames"]),
      Self.entry("What is its stack?", .cannotTell, ["what this needs was not recorded"]),
    ]
    report.verdict = .sniffingWithRemoteLogging
    report.sentence = "sniffing with remote logging: srg[968] sent 41 lines."
    report.destinations = ["10.200.1.2:7000"]
    report.watched = 10_020_000_000
    report.isComplete = true
  }

  private static func entry(_ question: String, _ answer: CaseReport.Answer, _ evidence: [String] = [])
    -> CaseReport.Entry
  {
    let result = QuestionResult(id: "1", question: question, evidence: evidence, isAnswerable: true)
    var entry = Story().report(questions: [result]).entries[5]
    entry.answer = answer
    entry.evidence = evidence
    return entry
  }

  @Test func `for people it is a page`() {
    #expect(
      caseText(report, style: CaseStyle(width: 80)) == """
        Case: srg[968], watched for 10.0 s

        NO           Which files does it open?
        YES          Does it capture packets?
                     descriptor 3
                     41 frames
        CANNOT TELL  What is its stack?
                     what this needs was not recorded

        Verdict: sniffing with remote logging: srg[968] sent 41 lines.
        Lost: nothing (kernel-ring 0, capture 0, case-tables 0)
        Again: culprit case -p 968

        """)
  }

  @Test func `for programs it is one object on one line`() {
    #expect(
      caseJSON(report)
        == #"{"process":{"pid":968,"start":968000,"exec":"srg","path":"/tmp/srg","arguments":["srg","-i","eth0"],"#
        + #""uid":1000,"ppid":12,"ended":false},"answers":["#
        + #"{"question":"Which files does it open?","answer":"no","evidence":[]},"#
        + #"{"question":"Does it capture packets?","answer":"yes","evidence":["descriptor 3","41 frames"]},"#
        + #"{"question":"What is its stack?","answer":"cannot-tell","evidence":["what this needs was not recorded"]}],"#
        + #""verdict":"sniffing with remote logging","sentence":"sniffing with remote logging: srg[968] sent 41 lines.","#
        + #""destinations":["10.200.1.2:7000"],"loss":{"kernel-ring":0,"capture":0,"case-tables":0},"complete":true,"again":"culprit case -p 968"}"#
    )
  }

  @Test func `a long list is cut, and says by how much`() {
    var report = report
    report.entries = [Self.entry("Which files?", .yes, (1...30).map { "/tmp/\($0)" })]
    let lines = caseText(report, style: CaseStyle(mostLines: 10)).split(separator: "\n")
    #expect(lines.filter { $0.contains("/tmp/") }.count == 10)
    #expect(lines.contains { $0.contains("and 20 more") })
  }

  @Test(arguments: [40, 60, 100])
  func `no line of evidence is wider than the page, and none loses a word`(width: Int) {
    var report = report
    let words = (1...60).map { "word\($0)" }
    report.entries = [Self.entry("Why?", .yes, [words.joined(separator: " ")])]
    let text = caseText(report, style: CaseStyle(width: width))
    let evidence = text.split(separator: "\n").filter { $0.contains("word") }
    #expect(evidence.allSatisfy { $0.count <= width })
    #expect(evidence.flatMap { $0.split(separator: " ") }.map(String.init) == words)
  }

  @Test func `colour is added only when asked for, and says nothing of its own`() {
    let plain = caseText(report, style: CaseStyle())
    let coloured = caseText(report, style: CaseStyle(colour: true))
    #expect(!plain.contains("\u{1b}"))
    #expect(coloured.contains("\u{1b}"))
    #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
  }

  @Test func `what is not complete says so`() {
    var report = report
    report.isComplete = false
    report.losses = [("kernel-ring", 3)]
    let text = caseText(report, style: CaseStyle())
    #expect(text.contains("Incomplete"))
    #expect(text.contains("kernel-ring 3"))
    #expect(caseJSON(report).contains(#""complete":false"#))
  }

  @Test func `names that strangers chose change nothing on a terminal`() {
    var story = Story()
    let hostile = "x\u{1b}[2J\u{202e}\n"
    story.begins(100, hostile, descriptors: [.file(4, "/tmp/\(hostile)")]) { state in
      state.arguments = [Array(hostile.utf8)]
      state.libraries = [Array("/lib/\(hostile)".utf8)]
      state.ancestors = [ProcessState.Ancestor(pid: 1, command: Array(hostile.utf8))]
      state.interfaces = [ProcessState.Interface(index: 2, name: Array(hostile.utf8))]
    }
    story.capturesOn(2, 100)
    story.hears(100, frames: 3)
    story.writes(100, 80, to: 4)
    let report = story.report()
    #expect(report.verdict == .sniffingWithLocalLog)
    let text = caseText(report, style: CaseStyle())
    #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .format })
    #expect(!caseJSON(report).contains("\u{202e}"))
  }

  @Test func `what /proc shows of a process that does nothing answers the first questions`() {
    var story = Story()
    story.begins(100, "idle", descriptors: [.terminal(0), .file(3, "/etc/hosts", flags: 0)]) { state in
      state.isDeleted = true
      state.digest = [0x0f, 0xa0] + Array(repeating: 0, count: 30)
      state.libraries = [Array("/lib/libc.so.6".utf8)]
      state.ancestors = [
        ProcessState.Ancestor(pid: 50, command: Array("bash".utf8)),
        ProcessState.Ancestor(pid: 1, command: Array("init".utf8)),
      ]
      state.arguments = [Array("idle".utf8), Array("two words".utf8)]
    }
    let entries = story.report().entries
    let all = entries.flatMap(\.evidence).joined(separator: "\n")
    for part in [
      "/usr/bin/idle", "0fa0" + String(repeating: "00", count: 30), "/lib/libc.so.6", "bash[50]", "init[1]",
      "'two words'",
      "/dev/pts/0", "/etc/hosts",
    ] {
      #expect(all.contains(part), "\(part)")
    }
    #expect(entries.first { $0.question.contains("deleted") }?.answer == .yes)
  }
}
