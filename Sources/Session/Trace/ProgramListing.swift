import Answers
import BPFCode
import IR

// `-S`: the programs of the kernel as text, in the columns of dtrace(1)'s listings.

/// Which listings `-S` makes, by the bits of `-x disasm`.
private enum Kind: Int, CaseIterable {
  case clause = 1
  case program = 2
  case linked = 4
  case final = 8

  var word: String {
    switch self {
    case .clause: "clause"
    case .program: "program"
    case .linked: "linked program"
    case .final: "final program"
    }
  }
}

/// The listings that are asked for, one string each with its blank lines. The emitter makes one program for each hook, linked from the
/// start: a clause's listing is the program that it is part of.
/// - Parameter clauses: the first description of each clause of the text, by its number.
func programListings(_ emitted: EmittedObject, of program: IR.Program, clauses: [String], kinds: Int) -> [String] {
  var listings: [String] = []
  for kind in Kind.allCases where kinds & kind.rawValue != 0 {
    for (index, hook) in emitted.hooks.enumerated() where index < emitted.spec.programs.count {
      let names: [String]
      if kind == .clause {
        let numbers = program.clauses.filter { $0.probes.contains { program.probes[$0].hook == hook } }.map(\.number)
        names = numbers.compactMap { clauses.indices.contains($0) ? clauses[$0] : nil }
      } else {
        names = program.probes.first { $0.hook == hook }.map { [program.spelled($0)] } ?? []
      }
      for name in names { listings.append(listing(kind.word, name, emitted.spec.programs[index], emitted.spec.maps)) }
    }
  }
  return listings
}

private func listing(_ kind: String, _ name: String, _ program: ProgramSpec, _ maps: [MapSpec]) -> String {
  var text = "\nDisassembly of \(kind) \(name):\nINS  OFF    BYTES                   INSTRUCTION\n"
  // A 64-bit load is one line of the disassembler and two instructions.
  var lines = program.disassembly(maps: maps).makeIterator()
  var isSecond = false
  for (index, instruction) in program.instructions.enumerated() {
    let words =
      isSecond ? "" : lines.next().map { $0.split(separator: ")", maxSplits: 1).last.map(String.init) ?? "" } ?? ""
    text += decimal(index, 4) + " " + decimal(index * 8, 5) + ": " + instruction.bytes + "   " + words + "\n"
    isSecond = !isSecond && instruction.opcode == 0x18
  }
  return text
}

private func decimal(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func hexadecimal(_ number: some BinaryInteger, _ width: Int) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Instruction {
  /// `18 1 0 0000 deadbeef `: the opcode, the registers, the offset and the constant.
  fileprivate var bytes: String {
    [
      hexadecimal(opcode, 2), hexadecimal(destination, 1), hexadecimal(source, 1),
      hexadecimal(UInt16(bitPattern: offset), 4), hexadecimal(UInt32(bitPattern: immediate), 8),
    ].joined(separator: " ")
  }
}

extension IR.Program {
  fileprivate func spelled(_ probe: EnabledProbe) -> String {
    [part(.provider, of: probe), part(.module, of: probe), part(.function, of: probe), part(.name, of: probe)]
      .joined(separator: ":")
  }
}
