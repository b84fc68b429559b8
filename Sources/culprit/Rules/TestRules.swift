import ArgumentParser
import Reports
import Rules
import Session

/// `culprit rules test`: every rule over its recordings, each as it is and with a loss put in.
struct TestRules: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run rules over the recordings that lie beside them: tests/ID/NAME of a pack.",
    discussion: "Exit codes: 0 all as expected, 1 something is not, 2 a pack or a test cannot be read.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif }

  @Argument(help: "Rules by their ids; all when none is named.")
  var ids: [String] = []
  @Option(
    help:
      "A folder of rules with its pack.yaml, or of such folders, instead of those below ./rules; may be given again.")
  var rules: [String] = []
  @Option(help: "text, json: an object a test, or sarif: one log of SARIF 2.1.0.")
  var format = Format.text
  @Option(help: "How many recordings are watched at a time.")
  var workers = 2
  @Flag(help: "Tell only what is not as it should be.")
  var quiet = false

  func validate() throws {
    guard (1...64).contains(workers) else { throw ValidationError("--workers is from 1 to 64") }
  }

  func run() throws {
    let folders = rules.isEmpty ? packFolders("rules").filter { $0 != "rules" } : rules.flatMap(packFolders)
    guard !folders.isEmpty else {
      note("culprit: there are no packs below ./rules; --rules DIR names one")
      throw ExitCode(ExitStatus.usage)
    }
    let (chosen, wrong) = try read(folders)
    var failed = 0
    var log: [SARIFResult] = wrong.map { SARIFResult($0) }
    func report(_ result: RuleTestResult) {
      let problems = result.problems
      if !problems.isEmpty { failed += 1 }
      switch format {
      case .text: if !quiet || !problems.isEmpty { put(ruleTestText(result)) }
      case .json: if !quiet || !problems.isEmpty { put(ruleTestJSON(result)) }
      case .sarif: log += problems.map { SARIFResult($0, of: result) }
      }
    }
    do throws(TraceProblem) {
      try Session.run(chosen, workers: workers, report: report)
    } catch { throw ExitCode(complain(error)) }
    if format == .sarif { put(sarif(log)) }
    for complaint in wrong { note("\(complaint)") }
    let tested = Set(chosen.map(\.rule.id)).count
    note(
      "culprit: \(tested) rules, \(chosen.count) recordings, each with and without loss: \(failed == 0 ? "none" : "\(failed)") failed"
    )
    if failed > 0 || wrong.contains(where: { $0.severity == .error }) { throw ExitCode(ExitStatus.found) }
  }

  /// The tests that were asked for, and what they lack.
  private func read(_ folders: [String]) throws -> (tests: [RuleTest], complaints: [RuleComplaint]) {
    var found: [RuleTest] = []
    var wrong: [RuleComplaint] = []
    var known: Set<String> = []
    for folder in folders {
      let (packs, complaints) = packs(in: [folder])
      try refuse(complaints)
      let all = packs.flatMap(\.rules).filter { $0.status != .deprecated }
      let wanted = ids.isEmpty ? all : all.filter { ids.contains($0.id) }
      known.formUnion(wanted.map(\.id))
      let (tests, more) = tests(of: all, in: folder)
      try refuse(more)
      found += tests.filter { test in wanted.contains { $0.id == test.rule.id } }
      wrong += wanted.flatMap { $0.missingTests(tests) }
    }
    for id in ids where !known.contains(id) {
      note("culprit: no rule \(id)")
      throw ExitCode(ExitStatus.usage)
    }
    return (found, wrong)
  }

  private func refuse(_ complaints: [RuleComplaint]) throws {
    let errors = complaints.filter { $0.severity == .error }
    for error in errors { note("\(error)") }
    if !errors.isEmpty { throw ExitCode(ExitStatus.usage) }
  }
}
