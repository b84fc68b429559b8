import BPFCode
import Foundation
import IR
import Kernel
import Session
import Source
import Support
import Testing

/// What people are told when the kernel's verifier refuses a program.
struct RefusalReportTests {
  @Test(.live, .enabled(if: geteuid() == 0, "needs root"))
  func `live: a refused program names the D line, the instruction, the verifier's reason and the file with its log`()
    throws
  {
    let source = SourceText("BEGIN\n{\n  trace(1);\n}\n", name: "script.d")
    var code = Assembler()
    code.constant(.r0, 0)
    code.origin = 10..<18
    // R7 was never written.
    code.emit(.arithmetic(.move, .r0, .register(.r7)))
    code.emit(.exit)
    let assembled = try code.assemble()
    let program = ProgramSpec(
      name: "wrong", attachment: .called, instructions: assembled.instructions, mapReferences: assembled.references,
      origins: assembled.origins)
    let object = EmittedObject(spec: ObjectSpec(maps: [], programs: [program]), hooks: [.begin], roles: .init())
    var refused: VerifierRefusal?
    do {
      _ = try LoadedObject(loading: object.spec, types: nil)
    } catch {
      if case .verifier(let refusal) = error { refused = refusal }
    }
    let refusal = try #require(refused)
    let directory = FileManager.default.temporaryDirectory.appending(path: "refusals-\(getpid())").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let report = RefusalReport(refusal, of: object, source: source, in: directory)
    let lines = report.text.split(separator: "\n").map(String.init)
    try #require(lines.count == 5)
    #expect(lines[0].hasSuffix("R7 !read_ok; this is a mistake of culprit's, not of the D program"))
    #expect(lines[1] == "  script.d:3:3:   trace(1);")
    #expect(lines[2].hasPrefix("  instruction 1: "))
    #expect(lines[3] == "  verifier: R7 !read_ok")
    #expect(lines[4] == "  the whole log and the program are in \(directory)/culprit-verifier-0.log")
    let log = try String(contentsOfFile: try #require(report.path), encoding: .utf8)
    #expect(log.contains("R7 !read_ok") && log.contains("r0 = r7"))
  }
}
