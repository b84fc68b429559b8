import DSemantics
import EngineBench
import EngineTrials
import Support
import Testing

/// JSON texts that are nearly right, and paths that nearly lead somewhere, in both engines.
@Suite(.serialized, .live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct JSONTests {
  private static let texts = [
    #"{"a":1,"b":[10,-20,{"c":"x\"y","d":null}],"e":{"f":{"g":true}}}"#,
    #"[ [1, [2, 3]], {"k" : [ "s" , 1.5e+3 , false ]} , "t\u00e9" ]"#,
    #"{"":{"":0},"long key":"v","]":[[],{}],"n":-0.5E-2}"#,
  ]
  private static let paths = [
    "a", "b[0]", "b[2].c", "b[2].d", "e.f.g", "e.f", "[1].k[1]", "0[1][0]", "2", "1.k", "..", "].0", "n", "long key",
    "b. 1", "b.-1",
    "b[02]", "", "[", "a.b", "b.x",
  ]
  private static let bytes = Array(#"{}[]":,.\u0123abe+-x tnf"#.utf8)

  /// One of the texts or paths, whole, cut, or with a few bytes changed.
  private func mutated(_ all: [String], _ random: inout RandomProgram.Generator) -> String {
    var bytes = Array(all.randomElement(using: &random)!.utf8)
    for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
      let at = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes.remove(at: at)
      case 1: bytes.insert(Self.bytes.randomElement(using: &random)!, at: at)
      case 2: bytes[at] = Self.bytes.randomElement(using: &random)!
      default: bytes.removeSubrange(at...)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `live: a JSON text is read the same in the host VM and in the kernel`() throws {
    var row = ConformanceRow(name: "json", file: "JSONTests", line: 1)
    row.program = """
      syscall::write:entry
      {
        this->value = json(copyinstr(arg0), copyinstr(arg1));
        printf("%s\\n", this->value == NULL ? "NULL" : this->value);
      }
      """
    var random = RandomProgram.Generator(seed: 26)
    for _ in 0..<1500 {
      var input = ConformanceInput(probe: "syscall::write:entry")
      input.numbers = ["arg0": 0x20000, "arg1": 0x24000]
      input.memory = [0x20000: mutated(Self.texts, &random), 0x24000: mutated(Self.paths, &random)]
      row.inputs.append(input)
    }
    let here = try CompiledRow(row, for: .host)
    var host = try HostRow(here)
    let answers = try here.play(in: &host).split(separator: "\n")
    let there = try CompiledRow(row, for: .kernel)
    var kernel = try KernelRow(there)
    let others = try there.play(in: &kernel).split(separator: "\n")
    #expect(answers.count == 1500 && others.count == 1500)
    for (input, (answer, other)) in zip(row.inputs, zip(answers, others)) where answer != other {
      Issue.record("\(input.memory): \(answer) in the host, \(other) in the kernel")
    }
    #expect((300...1200).contains(answers.count { $0 != "NULL" }))
  }
}
