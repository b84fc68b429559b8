import ArgumentParser
import Files
import Rules
import Session

/// Which packs a command is about.
struct RulePlaces: ParsableArguments {
  @Option(
    help:
      "A folder of rules with its pack.yaml, or of such folders, instead of the packs that are part of the program; may be given again."
  )
  var rules: [String] = []

  /// The packs, and all that is wrong with them.
  func read() -> (packs: [RulePack], complaints: [RuleComplaint]) {
    rules.isEmpty ? [RulePack].builtIn() : packs(in: rules)
  }

  /// The packs; when something is wrong with one, all complaints on standard error and exit code 2.
  func readSound() throws -> [RulePack] {
    let (packs, complaints) = read()
    let errors = complaints.filter { $0.severity == .error }
    guard errors.isEmpty else {
      for error in errors { note("\(error)") }
      throw ExitCode(ExitStatus.usage)
    }
    return packs
  }
}

extension Rule {
  /// Of its pack, beside whose rules their tests lie.
  var folder: String {
    file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}
