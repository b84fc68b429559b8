import ArgumentParser
import Events
import Files
import Rules
import Session
import Time

/// A site's file, read; what is wrong with it goes to standard error, and exit code 2 when it cannot be used.
func read<Content>(_ file: String, _ reading: (String) -> (Content?, [RuleComplaint])) throws -> Content {
  let text: [UInt8]
  do { text = try readFile(file, limit: 1 << 20) } catch {
    note("culprit: \(error)")
    throw ExitCode(ExitStatus.usage)
  }
  let (content, complaints) = reading(String(decoding: text, as: UTF8.self))
  for complaint in complaints { note("\(complaint)") }
  guard let content else { throw ExitCode(ExitStatus.usage) }
  return content
}

/// A site's exceptions to the rules of the packs.
func readExceptions(_ file: String, for packs: [RulePack]) throws -> RuleExceptions {
  try read(file) { text in
    RuleExceptions.reading(
      text, file: file, rules: packs.flatMap(\.rules), at: Instant(nanoseconds: Clock.realtime.now))
  }
}
