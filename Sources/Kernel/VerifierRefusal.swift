/// A program that the kernel's verifier did not take, with everything it said.
package struct VerifierRefusal: Error, Sendable, Hashable {
  package var program: String
  package var error: SystemError
  /// The verifier's log, whole; empty when the kernel gave none.
  package var log: String
  /// The last line of the log that says something of the program.
  package var complaint: String?
  /// The instruction it was at.
  package var instruction: Int?
  /// The D text that instruction came from, as byte offsets.
  package var origin: Range<Int>?

  /// The error in words, one line, no full stop.
  package var text: String {
    let place = instruction.map { " at instruction \($0)" } ?? ""
    return "the kernel's verifier refused \(program)\(place): \(complaint ?? error.text)"
  }
}

extension VerifierRefusal {
  /// Reads the complaint and the place out of a log.
  init(of spec: String, error: SystemError, log: String, origins: [Range<Int>?]) {
    self.init(program: spec, error: error, log: log)
    let lines = log.split(separator: "\n")
    complaint = lines.last { !Self.isSummary($0) && Self.instruction(of: $0) == nil }.map(String.init)
    instruction = lines.last { Self.instruction(of: $0) != nil }.flatMap(Self.instruction)
    if let instruction, instruction < origins.count { origin = origins[instruction] }
  }

  /// `processed 5 insns (limit 1000000) max_states_per_insn 0 …` and its company close every log.
  private static func isSummary(_ line: Substring) -> Bool {
    let closing = ["processed ", "verification time", "stack depth", "max_states", "peak_states", "mark_read"]
    return closing.contains { line.hasPrefix($0) } || line.allSatisfy(\.isWhitespace)
  }

  /// An instruction's line begins with its number: `12: (85) call bpf_get_current_pid_tgid#14`. Lines of register states
  /// (`12: R0=scalar()`) and jumps (`from 3 to 12: …`) name the place as well.
  private static func instruction(of line: Substring) -> Int? {
    var rest = line
    if rest.hasPrefix("from "), let to = rest.split(separator: " ").dropFirst(3).first { rest = to }
    guard let colon = rest.firstIndex(of: ":") else { return nil }
    return Int(rest[..<colon])
  }
}
