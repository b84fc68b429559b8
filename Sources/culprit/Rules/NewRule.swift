import ArgumentParser
import Files
import Rules
import Session

/// `culprit rules new`: a rule to begin with, in a pack of one's own.
struct NewRule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Begin a rule: ID.d with its description, and a pack.yaml where the folder has none.")

  @Argument(help: "The rule's id: letters, a stroke and a number, such as SITE-001.")
  var id: String
  @Option(help: "The folder of the pack; made when there is none.")
  var rules: String
  @Option(help: "What the rule finds, in a few words.")
  var title = "Connection to a port that is not used here"

  func validate() throws {
    guard Rule.isID(id) else {
      throw ValidationError(
        "'\(id)' is no id such as SITE-001: two to eight capital letters, a stroke, three or four digits")
    }
    if title.contains(where: { $0.isNewline }) || title.isEmpty { throw ValidationError("a title is one line") }
  }

  func run() throws {
    let folder = rules.count > 1 && rules.hasSuffix("/") ? String(rules.dropLast()) : rules
    do throws(FileError) {
      try makeFolder(folder)
      if !exists(folder + "/pack.yaml") {
        let name = folder.split(separator: "/").last.map(String.init) ?? "site"
        try createFile(folder + "/pack.yaml", Array(RulePack.template(name: name).utf8))
      }
      try createFile("\(folder)/\(id).d", Array(Rule.template(id: id, title: title).utf8))
    } catch {
      note("culprit: \(error)")
      throw ExitCode(ExitStatus.usage)
    }
    put("\(folder)/\(id).d\n")
    note(
      "culprit: `culprit rules lint --rules \(folder)` says what is wrong with it, `culprit watch --rules \(folder)` runs it"
    )
  }
}
