import ArgumentParser
import Events
import History
import Reports
import Rules
import Session
import Time

/// `culprit rules`: what rules there are, what is wrong with them, whether they find what they should, what exceptions
/// would hide of it, what they mean; and a new one.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "The rules: list, check, test, explain and tune them, begin a new one.",
    subcommands: [ListRules.self, LintRules.self, TestRules.self, ExplainRule.self, TuneRule.self, NewRule.self])
}

struct ListRules: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "One line a rule.")

  @OptionGroup var places: RulePlaces
  @Flag(help: "One JSON object a line.")
  var json = false

  func run() throws {
    let rules = try places.readSound().flatMap(\.rules)
    if json {
      for rule in rules { put(ruleJSON(rule)) }
      return
    }
    var table = TextTable(["ID", "STATUS", "SEVERITY", "PACK", "TITLE"].map { ($0, .left) })
    for rule in rules { table.add([rule.id, rule.status.rawValue, rule.severity.rawValue, rule.pack, rule.title]) }
    put(table.lines.map { $0 + "\n" }.joined())
  }
}

struct ExplainRule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What a rule means and how to judge what it finds.")

  @OptionGroup var places: RulePlaces
  @Argument(help: "The rule's id, such as SNF-001.")
  var id: String
  @Option(help: "Of a rule that needs this host's history: the file with it, instead of the one of a live watch.")
  var history: String?

  func run() throws {
    let rules = try places.readSound().flatMap(\.rules)
    guard let rule = rules.first(where: { $0.id == id }) else {
      note("culprit: no rule \(id); `culprit rules list` names them")
      throw ExitCode(ExitStatus.usage)
    }
    let recordings = tests(of: [rule], in: rule.folder).tests.map(\.recording)
    put(ruleText(rule, cost: cost(of: rule, in: recordings).map { costText($0, recordings: recordings.count) } ?? ""))
    guard let need = rule.neededHistory() else { return }
    let path = history ?? usualHistory()
    let age: HistoryAge
    do throws(HistoryProblem) {
      age = try historyAge(of: rule.id, need: need, in: path, at: Instant(nanoseconds: Clock.realtime.now))
    } catch {
      guard error.isOfContents || history != nil else { return put("Not known: \(error).\n") }
      note("culprit: \(error)")
      throw ExitCode(ExitStatus.usage)
    }
    put("There are \(age.days) of \(age.needed) days: \(age.keys) keys in \(age.rows) hours (\(path)).\n")
  }
}
