import Foundation
import Support
import Testing

/// Cases that need no privileges: recordings, and files that tell nothing of processes.
struct RecordedCaseTests {
  private func report(_ arguments: [String]) throws -> Ran {
    try told(by: Child([Lab.program("culprit"), "case", "--json"] + arguments))
  }

  @Test(arguments: [[], ["--process", "srg"]])
  func `the sample recording of srg shows a sniffer with remote logging`(choice: [String]) throws {
    let ran = try report(["-r", Lab.repository + "/captures/srg.pcapng"] + choice)
    #expect(ran.told.verdict == "sniffing with remote logging")
    #expect(ran.told.destinations == ["10.200.1.2:7000"])
    #expect(ran.told.complete && ran.told.loss.values.allSatisfy { $0 == 0 })
    #expect(ran.end == .exited(1))
    #expect(ran.told.answer("What is its stack?")?.evidence.contains { $0.contains("srg`scan+") } == true)
  }

  @Test func `a capture without processes answers nothing and denies nothing`() throws {
    // The classic format's header, for Ethernet, and no packet.
    let file = TemporaryFile()
    let header: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    try Data(header).write(to: URL(fileURLWithPath: file.path))
    let ran = try report(["-r", file.path])
    #expect(Set(ran.told.answers.map(\.answer)) == ["cannot-tell"])
    #expect(ran.told.verdict == "none" && !ran.told.complete)
    #expect(ran.end == .exited(3))
  }

  @Test func `every question of rules/case is asked, in order`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Lab.repository + "/rules/case").sorted()
    let titles = try files.map { file in
      let text = try String(contentsOfFile: Lab.repository + "/rules/case/" + file, encoding: .utf8)
      return try String(#require(text.firstMatch(of: /question: (.+)/)).1)
    }
    let ran = try report(["-r", Lab.repository + "/captures/srg.pcapng"])
    #expect(ran.told.answers.map(\.question).suffix(titles.count) == titles[...])
  }
}
