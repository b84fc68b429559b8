import ArgumentParser
import Events
import Reports
import Rules
import Session
import Time

/// `culprit rules tune`: what exceptions would hide of a rule's findings, and of the attacks that the rule is tested with.
struct TuneRule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune", abstract: "What exceptions would hide of a rule's findings in recordings, and of its attacks.",
    discussion: """
      Without --exceptions, exceptions are proposed from what the rule finds. The attacks are the rule's tests that fire, those that hide \
      (evade-…) too. Exit codes: 0, 1 an exception of the file hides an attack, 2 something cannot be read.
      """)

  @Argument(help: "The rule's id, such as SNF-004.")
  var id: String
  @Option(name: .customShort("r"), help: "A recording; several are read as one.")
  var files: [String] = []
  @Option(help: "Exceptions to try: YAML.")
  var exceptions: String?
  @Option(help: "What this site sets of the rules: YAML.")
  var settings: String?
  @Option(help: "Of a rule that needs this host's history: a file with it, which stays as it is.")
  var history: String?
  @Option(
    help:
      "A folder of rules with its pack.yaml, or of such folders, instead of those below ./rules; may be given again.")
  var rules: [String] = []
  @Flag(help: "One JSON object.")
  var json = false

  func validate() throws {
    if files.isEmpty { throw ValidationError("-r names a recording with what the rule finds") }
  }

  func run() throws {
    let places = try RulePlaces.parse(
      (rules.isEmpty ? packFolders("rules").filter { $0 != "rules" } : rules).flatMap { ["--rules", $0] })
    let packs = try places.readSound()
    guard let rule = packs.flatMap(\.rules).first(where: { $0.id == id }) else {
      note("culprit: no rule \(id); `culprit rules list` names them")
      throw ExitCode(ExitStatus.usage)
    }
    var chosen = RuleSettings()
    if let settings {
      chosen = try read(settings) { RuleSettings.reading($0, file: settings, rules: packs.flatMap(\.rules)) }
    }
    let tried = try exceptions.map { file in
      try readExceptions(file, for: packs).accounts.map(\.exception).filter { $0.rules.contains(id) }
    }
    let tuning: Tuning
    do throws(TraceProblem) {
      let found = try findings(of: rule, chosen, in: files, knowing: history)
      tuning = Tuning(
        rule: rule, findings: found, attacks: try attacks(rule), tried ?? Tuning.candidates(rule, found))
    } catch { throw ExitCode(complain(error)) }
    let later = Clock.realtime.now + 90 * 86_400_000_000_000
    let expires = String(utcText(nanoseconds: later, digits: 0).prefix(10))
    put(json ? tuningJSON(tuning) : tuningText(tuning, expires: expires, writesRecords: tried == nil))
    note(
      "culprit: \(id) finds \(tuning.findings) in \(files.joined(separator: " ")), and fires in \(tuning.attacks) of its tests"
    )
    if tried != nil, tuning.rows.contains(where: { !$0.attacks.isEmpty }) { throw ExitCode(ExitStatus.found) }
  }

  /// What the rule finds in its own tests that fire.
  private func attacks(_ rule: Rule) throws(TraceProblem) -> [(name: String, findings: [Finding])] {
    var attacks: [(name: String, findings: [Finding])] = []
    for test in tests(of: [rule], in: rule.folder).tests where test.kind != .innocent {
      var settings = RuleSettings()
      settings.byRule[rule.id, default: .init()].parameters = test.expectation.parameters
      let found = try findings(of: rule, settings, in: [test.recording], after: test)
      if !found.isEmpty { attacks.append((test.name, found)) }
    }
    return attacks
  }
}
