import ArgumentParser
import Events
import Files
import Reports
import Rules
import Session
import Time

/// `culprit rules lint`: what is wrong with rules.
struct LintRules: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "What is wrong with rules: their descriptions and their D.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, sarif }

  @OptionGroup var places: RulePlaces
  @Option(help: "A file of exceptions to check too; may be given again.")
  var exceptions: [String] = []
  @Option(help: "text, or sarif: one log of SARIF 2.1.0.")
  var format = Format.text

  func run() throws {
    var (packs, complaints) = places.read()
    for file in exceptions { complaints += complaintsOf(file, packs) }
    var found = complaints.map { (line: "\($0)\n", result: SARIFResult($0)) }
    for rule in packs.flatMap(\.rules) {
      found += rule.unfinished.map { ("\($0)\n", SARIFResult($0)) }
      for problem in problems(of: rule) {
        found.append(
          (problem.hasSuffix("\n") ? problem : problem + "\n", SARIFResult(program: problem, file: rule.file)))
      }
    }
    switch format {
    case .text: for complaint in found { put(complaint.line) }
    case .sarif: put(sarif(found.map(\.result)))
    }
    let count = packs.map(\.rules.count).reduce(0, +)
    let errors = found.filter { $0.result.level == .error }.count
    note("culprit: \(count) rules, \(errors == 0 ? "nothing" : "\(errors) things") wrong")
    if errors > 0 { throw ExitCode(ExitStatus.found) }
  }

  private func complaintsOf(_ file: String, _ packs: [RulePack]) -> [RuleComplaint] {
    guard let text = readText(file, limit: 1 << 20) else {
      return [RuleComplaint(.unreadable, file: file, "it cannot be read")]
    }
    return RuleExceptions.reading(
      text, file: file, rules: packs.flatMap(\.rules), at: Instant(nanoseconds: Clock.realtime.now)
    ).complaints
  }
}
