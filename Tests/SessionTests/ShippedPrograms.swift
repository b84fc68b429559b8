import Foundation
import Support
import Testing

/// A D program that comes with Culprit: a rule, a line of the documents, a listing of the article.
struct ShippedProgram: CustomTestStringConvertible {
  enum Kind {
    /// A file of `rules/case`. The packs' rules are about every process of the machine, and other tests run beside these.
    case script(path: String)
    /// A D text behind `culprit -n` in README.md or docs.
    case line(text: String)
    /// A shell script around dtrace(1), with its arguments.
    case listing(path: String)
  }

  let name: String
  let kind: Kind
  /// Asks of packets: live it needs an interface.
  var isOfPackets = false

  var testDescription: String { name }

  /// All there are, found where they stand: who ships another has it tested.
  static let all = rules + documented + listings

  private static let rules = files(in: "rules/case", ending: ".d").map { path in
    ShippedProgram(name: String(path.dropFirst(Lab.repository.count + 1)), kind: .script(path: path))
  }

  private static let listings = files(in: "Tests/ListingTests/Listings", ending: "").map { path in
    ShippedProgram(name: URL(fileURLWithPath: path).lastPathComponent, kind: .listing(path: path))
  }

  private static let documented = (["README.md"] + files(in: "docs", ending: ".md")).flatMap { path in
    let path = path.hasPrefix("/") ? path : "\(Lab.repository)/\(path)"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.matches(of: /culprit (?<words>[^'`\n]*)-n '(?<text>[^'\n…]+)'/).map { found in
      var program = ShippedProgram(
        name: "\(URL(fileURLWithPath: path).lastPathComponent): \(found.text)", kind: .line(text: String(found.text)))
      program.isOfPackets = found.words.contains("--interface ") || found.words.contains("-r ")
      return program
    }
  }

  private static func files(in folder: String, ending: String) -> [String] {
    let folder = "\(Lab.repository)/\(folder)"
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(ending) && $0.contains(".") }.sorted().map { "\(folder)/\($0)" }
  }

  /// What a recording by its nature does not hold, so that a program which asks for it is refused there: what the complaint says, by a
  /// word of the program.
  ///
  /// - The counters of `mib` move at places of the kernel's code for which there are no events; packets would be another answer.
  /// - The memory of a process (copyin) is gone: of it only the paths of files that it opens are kept.
  private static let unrecorded = [
    ("mib:", "mib:ip:: does not match any probes"),
    ("copyin(", "the memory of a process (copyin) is not to be had"),
  ]

  /// The complaint with which it is refused over a recording; nil when it must answer as it did live.
  var refusal: String? {
    get throws { Self.unrecorded.first { [text = try text] in text.contains($0.0) }?.1 }
  }

  private var text: String {
    get throws {
      switch kind {
      case .line(let text): text
      case .script(let path), .listing(let path): try String(contentsOfFile: path, encoding: .utf8)
      }
    }
  }

  /// The text as it is run: about the process `pid` where it names one of its own day, and about `suspect` where it says "srg".
  private func adapted(_ text: String, to pid: CInt, _ suspect: String) -> String {
    text.replacing(/pid == \d+/, with: "pid == \(pid)").replacing("\"srg\"", with: "\"\(suspect)\"")
  }

  /// The words that run it. `culprit` is a command that has the switches of the run already.
  func command(_ culprit: String, about pid: CInt, named suspect: String) throws -> [String] {
    let text = adapted(try text, to: pid, suspect)
    switch kind {
    case .script(let path): return [culprit, "-s", path]
    case .line: return [culprit, "-n", text]
    case .listing(let path):
      let words = ["bash", "\(Lab.repository)/Tests/Lab/dtrace.sh", culprit]
      return words + (path.hasSuffix(".d") ? ["sh", path, suspect] : ["sh", "-c", text])
    }
  }

  var environment: [String: String] {
    if case .listing = kind { ["DTRACE_OPT_COMPAT": "solaris"] } else { [:] }
  }
}
