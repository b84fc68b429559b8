import DSyntax
import Foundation
import Source
import Testing

/// The public DTrace test suite (oracle/dtrace-utils, `test/unittest`), where a copy of it is at hand. None of it is in
/// this repository: `DTRACE_SUITE=/path/to/dtrace-utils/test swift test --filter SuiteTests`.
struct SuiteTests {
  static let root = ProcessInfo.processInfo.environment["DTRACE_SUITE"]

  struct Program {
    let path: String
    let text: Data
    /// The tag that `err.D_TAG.name.d` asks for.
    var tag: String? {
      let name = (path as NSString).lastPathComponent
      return name.hasPrefix("err.D_") ? String(name.dropFirst(4).prefix { $0 != "." }) : nil
    }
    /// `#!/usr/sbin/dtrace -CZs`
    var isForCpp: Bool {
      let first = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      return first.hasPrefix("#!") && first.split(separator: " ").contains { $0.hasPrefix("-") && $0.contains("C") }
    }
    /// What the runner passes: said in the file, or in a `test.options` beside or above it.
    var options: String {
      var folder = (root ?? "") + "/" + (path as NSString).deletingLastPathComponent
      var texts = [String(decoding: text, as: UTF8.self)]
      while folder.count > (root ?? "").count {
        texts.append((try? String(contentsOfFile: folder + "/test.options", encoding: .utf8)) ?? "")
        folder = (folder as NSString).deletingLastPathComponent
      }
      let lines = texts.flatMap { $0.split(separator: "\n") }
      return lines.first { $0.contains("@@runtest-opts:") }.map(String.init) ?? ""
    }
  }

  static func programs() -> [Program] {
    guard let root, let walker = FileManager.default.enumerator(atPath: root) else { return [] }
    return walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".d") }.sorted().compactMap { path in
      FileManager.default.contents(atPath: root + "/" + path).map { Program(path: path, text: $0) }
    }
  }

  /// Through cpp, as `dtrace -C` does it.
  static func preprocessed(_ path: String, _ options: [String]) -> Data? {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/cpp")
    process.arguments =
      ["-D__SUNW_D=1", "-D__linux", "-D__x86_64", "-U__GNUC__"] + options + [root.map { $0 + "/" + path } ?? path]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? data : nil
  }

  static func read(_ program: Program) -> Reading? {
    let words = program.options.split(whereSeparator: { " \t*/".contains($0) }).map(String.init)
    var text = program.text
    if words.contains(where: { $0.hasPrefix("-C") || $0 == "-qC" || $0 == "-xcpp" }) || program.isForCpp {
      guard let out = preprocessed(program.path, words.filter { $0.hasPrefix("-D") }) else { return nil }
      text = out
    }
    var macros = MacroValues.usual
    // Whatever follows the options are the script's arguments; more of them than are used is not asked about here.
    macros.arguments = ["script"] + words.filter { !$0.hasPrefix("-") && $0 != "@@runtest-opts:" }
    macros.allowsUnusedArguments = program.tag != "D_MACRO_UNUSED"
    macros.defaultArguments = program.tag?.hasPrefix("D_MACRO") != true
    var kind = ProgramKind()
    kind.needsActions = true
    kind.mayBeEmpty = program.options.contains("-xempty")
    return Reading(SourceText(bytes: Array(text), name: program.path), macros: macros, as: kind)
  }

  @Test(.enabled(if: root != nil))
  func `the public suite's programs are read, and what is wrong with them is named`() {
    let lexical: Set = ["D_SYNTAX", "D_EMPTY", "D_STR_NL", "D_MACRO_UNDEF", "D_MACRO_UNUSED", "D_PDESC_INVAL"]
    let prefixes = ["D_CHR_", "D_INT_", "D_PRAGCTL_", "D_PRAGERR"]
    var counts: [String: Int] = [:]
    for program in Self.programs() {
      guard let reading = Self.read(program) else {
        counts["skipped (cpp)", default: 0] += 1
        continue
      }
      let isOurs = program.tag.map { tag in lexical.contains(tag) || prefixes.contains { tag.hasPrefix($0) } } ?? false
      if isOurs, let tag = program.tag {
        let isRight = reading.tags.contains(tag)
        counts[isRight ? "error named" : "error missed", default: 0] += 1
        if !isRight { print("MISSED \(program.path): wanted \(tag), found \(reading.tags)") }
      } else if reading.found.isEmpty {
        counts["read", default: 0] += 1
      } else if let tag = program.tag, reading.tags.contains(tag) {
        counts["later error named", default: 0] += 1
      } else {
        counts["refused", default: 0] += 1
        print("REFUSED \(program.path)\n\(reading.rendered)")
      }
    }
    print("SUITE", counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))
    #expect(!counts.isEmpty)
  }
}
