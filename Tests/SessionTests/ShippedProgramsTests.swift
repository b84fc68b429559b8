import Foundation
import Support
import Testing

/// Every D program that comes with Culprit, `culprit case` and `culprit flows`, live and over a recording of the same run.
@Suite(
  .live, .serialized,
  .enabled(if: Lab.isAllowed && Lab.hasBPF && Lab.has("bash"), "needs root, network namespaces, eBPF and bash"))
struct ShippedProgramsTests {
  /// As many as this machine can start at a time.
  private static let batches = stride(from: 0, to: recordable.count, by: 8).map {
    Array(recordable[$0..<min($0 + 8, recordable.count)])
  }
  private static let recordable = ShippedProgram.all.filter { (try? $0.refusal) == nil }
  private static let refused = ShippedProgram.all.filter { (try? $0.refusal) != nil }

  /// Printed at the beginning by every run: from then on it sees everything. What it prints is left out again.
  private static let begins = #"dtrace:::BEGIN { printf("begun\n"); }"#

  /// What the same minutes came to, asked twice.
  private struct Pair {
    var name: String
    var live: [Said]
    var recorded: [Said]
    /// Stacks of which the run over the recording said that it has none.
    var untold = 0
    /// Everybody who watched saw everything.
    var isWhole = true
  }

  @Test func `all that is shipped is found`() throws {
    let names = ShippedProgram.all.map(\.name)
    #expect(names.count { $0.hasPrefix("rules/") } >= 6)
    #expect(names.count { $0.hasPrefix("README.md: ") } >= 6 && names.count { $0.hasPrefix("packets.md: ") } >= 4)
    #expect(names.count { $0.hasSuffix(".sh") } >= 5 && names.contains("wait.d"))
  }

  @Test(arguments: batches) func `a program says of a recording what it said live`(programs: [ShippedProgram]) throws {
    let pairs = try inWholeRun { suspect, file in
      let watching = ["-p", "\(suspect.process.pid)", "-n", Self.begins]
      let inKernel = try suspect.culprit("kernel", watching)
      let withPackets = try suspect.culprit("packets", watching + ["--interface", "vA"])
      let live = try programs.map { program in
        try Child(
          program.command(
            program.isOfPackets ? withPackets : inKernel, about: suspect.process.pid, named: suspect.name),
          in: suspect.lab.a, environment: program.environment, group: true)
      }
      for child in live { try child.line(within: 300) { $0.hasSuffix("begun") } }
      try suspect.play()
      for child in live { #expect(child.wait(within: 120) == .exited(0), "\(child.errors)") }

      let over = try suspect.culprit("recorded", watching + ["-r", file()])
      return try zip(programs, live).map { program, live in
        let command = try program.command(over, about: suspect.process.pid, named: suspect.name)
        let recorded = try Child(command, environment: program.environment, group: true)
        #expect(recorded.wait(within: 120) == .exited(0), "\(program): \(recorded.errors)")
        return Pair(
          name: program.name, live: said(live), recorded: said(recorded), untold: untold(recorded),
          isWhole: !live.errors.contains { $0.contains(" drop") || $0.contains(" lost at ") })
      }
    }
    for pair in pairs { expectEqual(pair) }
  }

  @Test func `a case and the flows say of a recording what they said live`() throws {
    let pairs = try inWholeRun { suspect, file in
      let culprit = Lab.program("culprit")
      let about = ["--json", "--interface", "vA", "-p", "\(suspect.process.pid)", "--duration", "1h"]
      let investigation = try Child([culprit, "case"] + about, in: suspect.lab.a)
      // Neighbours and listeners of IPv6 are looked for when the interfaces come up, at times that the kernel draws: one run begins before, one after.
      // A listener report has an extension header before its ICMPv6, which `icmp6` does not look behind.
      let wanted = "not icmp6 and not ip6 multicast"
      let flows = try ["process", "flow", "name"].map { group in
        (group, try Child([culprit, "flows", "--by", group, "--json", "--interface", "vA", wanted], in: suspect.lab.a))
      }
      for child in [investigation] + flows.map(\.1) {
        try child.line(within: 300) { $0.hasPrefix("culprit: watching ") }
      }
      try suspect.play()
      #expect(investigation.wait(within: 120) == .exited(1), "\(investigation.errors)")
      for (_, child) in flows { #expect(child.stop(SIGINT) == .exited(0), "\(child.errors)") }
      let recorded = try Child([culprit, "case", "--json", "-r", file(), "--process", "\(suspect.process.pid)"])
      #expect(recorded.wait(within: 120) == .exited(1), "\(recorded.errors)")
      #expect(investigation.output.contains { $0.contains("sniffing with remote logging") })
      let groups = try flows.map { group, live in
        let recorded = try Child([culprit, "flows", "--by", group, "--json", "-r", file(), wanted])
        #expect(recorded.wait(within: 120) == .exited(0), "\(recorded.errors)")
        return Pair(name: "flows --by \(group)", live: rows(live), recorded: rows(recorded))
      }
      return [Pair(name: "case", live: try answers(investigation), recorded: try answers(recorded))] + groups
    }
    for pair in pairs { expectEqual(pair) }
  }

  /// What a case comes to, and what the questions' programs printed. What /proc said is left out: who watches live and who records look there
  /// each in its own moments, and a process that lives for milliseconds is another one in the next.
  private func answers(_ child: Child) throws -> [Said] {
    struct Report: Decodable {
      struct Answer: Decodable {
        var question: String
        var answer: String
        var evidence: [String]
      }
      var verdict: String
      var destinations: [String]
      var answers: [Answer]
      var loss: [String: UInt64]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(child.output.joined().utf8))
    let printed = report.answers.filter {
      $0.question.hasPrefix("Which files does it open") || $0.question.contains("system calls")
    }
    let lines = ["\(report.verdict) \(report.destinations) \(report.loss.sorted { $0.key < $1.key })"]
    // What is open was open when each of the two looked last, and a busy machine decides whether the process was still there; or had its
    // libraries yet.
    let looks = ["Which files and sockets does it have open", "Which libraries does it use"]
    let answers = report.answers.filter { answer in !looks.contains { answer.question.hasPrefix($0) } }
    return (lines + answers.map { "\($0.question) \($0.answer)" } + printed.flatMap(\.evidence)).map(Said.init)
  }

  /// A table's lines without what is measured in microseconds: the kernel gives a packet's time to each capture anew.
  private func rows(_ child: Child) -> [Said] {
    child.output.map { line in
      Said(line.replacing(/"(first|last|duration|rtt_\w+)":[0-9.]+/) { "\($0.1)" })
    }
  }

  @Test(arguments: refused) func `what a recording does not hold is refused, never answered`(program: ShippedProgram)
    throws
  {
    let lab = try Lab("refused")
    let suspect = try HeldSuspect(in: lab)
    let over = try suspect.culprit("recorded", ["-r", Lab.repository + "/captures/srg.pcapng"])
    let refusal = try #require(try program.refusal)
    var errors: [String] = []
    repeat {
      let child = try Child(
        program.command(over, about: 1, named: "srg"), environment: program.environment, group: true)
      #expect(child.wait(within: 120) != .exited(0))
      errors = child.errors
      // What was written a moment ago is still open in a child that another test has just forked (execve(2), ETXTBSY).
    } while errors.contains { $0.contains("Text file busy") }
    #expect(errors.contains { $0.contains(refusal) }, "\(errors)")
  }

  /// Records a run; `ask` plays it under its own eyes, and afterwards asks the recording. A run of which anybody lost something, which
  /// happens on a machine that is busy with other things, is no comparison: there is another.
  private func inWholeRun(_ ask: (HeldSuspect, _ file: () throws -> String) throws -> [Pair]) throws -> [Pair] {
    for _ in 0..<4 {
      let lab = try Lab("shipped")
      let suspect = try HeldSuspect(in: lab)
      let path = suspect.file("r.pcapng")
      let recorder = try Child(
        [Lab.program("culprit"), "record", "-o", path, "--interface", "vA", "-p", "\(suspect.process.pid)"], in: lab.a)
      try recorder.line(within: 300) { $0.hasPrefix("culprit: recording to ") }
      var losses = ""
      let pairs = try ask(suspect) {
        // The recording ends with the process.
        #expect(recorder.wait(within: 120) == .exited(0), "\(recorder.errors)")
        losses = try #require(recorder.errors.last { $0.hasPrefix("culprit: lost: ") })
        return path
      }
      let isWhole = losses.dropFirst("culprit: lost: ".count).split(separator: ", ").allSatisfy { $0.hasSuffix(" 0") }
      if isWhole, pairs.allSatisfy(\.isWhole) { return pairs }
    }
    throw Unplayed(description: "something was lost in each of four runs")
  }

  /// A line, and the stack below it.
  private struct Said: Equatable {
    var line: String
    var frames: [String] = []
    init(_ line: String) { self.line = line }
  }

  /// What a run printed, by lines: what happens on two processors at once has no order in DTrace, what happens on one has. The probes'
  /// numbers are left out, which only count how many there are.
  private func said(_ child: Child) -> [Said] {
    var found: [Said] = []
    for line in child.output where !line.isEmpty && !line.hasSuffix("begun") {
      if line.hasPrefix("              "), !found.isEmpty {
        found[found.count - 1].frames.append(line)
      } else {
        found.append(Said(line.replacing(/^( +\d+) +\d+ +/) { "\($0.1) " }))
      }
    }
    return found.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
  }

  private func untold(_ child: Child) -> Int {
    child.errors.compactMap { $0.firstMatch(of: /(\d+) stacks? (was|were) not told/).flatMap { Int($0.1) } }.first ?? 0
  }

  /// Two things about stacks are not the same in a recording. It has the first four of each kind of call that a program makes, and says how
  /// many are missing. And a frame is a bare address to whoever comes to read the process's map after the process has gone, or has become
  /// another program: who that is, in a run of milliseconds, chance decides.
  private func expectEqual(_ pair: Pair) {
    #expect(pair.live.map(\.line) == pair.recorded.map(\.line), "\(pair.name)")
    #expect(!pair.live.isEmpty, "\(pair.name): nothing was asked")
    var missing = 0
    for (live, recorded) in zip(pair.live, pair.recorded) where live.frames != recorded.frames {
      if recorded.frames.isEmpty {
        missing += 1
        continue
      }
      let isSame = zip(live.frames, recorded.frames).allSatisfy { $0 == $1 || ($0 + $1).contains(" 0x") }
      #expect(isSame && live.frames.count == recorded.frames.count, "\(pair.name): \(live) \(recorded)")
    }
    #expect(missing <= pair.untold, "\(pair.name)")
    // The rules ask for the first of each kind: these are all there.
    if pair.name.hasPrefix("rules/") { #expect(missing == 0, "\(pair.name)") }
  }
}
