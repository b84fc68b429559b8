import Answers
import BPFCode
import DSemantics
import DSyntax
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
/// start: a clause's listing is the program that it is part of, and the variables that it uses.
func programListings(_ emitted: EmittedObject, _ compilation: Compilation) -> [String] {
  let program = compilation.compiled.program
  let names = VariableNames(emitted.roles, program)
  let clauses = compilation.script.clauses
  var listings: [String] = []
  for kind in Kind.allCases where compilation.compiled.options.listings & kind.rawValue != 0 {
    for (index, hook) in emitted.hooks.enumerated() where index < emitted.spec.programs.count {
      let made = emitted.spec.programs[index]
      if kind == .clause {
        let numbers = program.clauses.filter { $0.probes.contains { program.probes[$0].hook == hook } }.map(\.number)
        for number in Set(numbers).sorted() where clauses.indices.contains(number) {
          let clause = clauses[number]
          let name = clause.probes.first?.spelled ?? ""
          listings.append(
            listing(kind.word, name, made, emitted.spec.maps, names)
              + variableTable(
                compilation.compiled.variables, VariableUse(clause), instructions: made.instructions.count)
              + kernelTable(made, compilation.compiled.kernelVariables))
        }
      } else if let probe = program.probes.first(where: { $0.hook == hook }) {
        listings.append(listing(kind.word, program.spelled(probe), made, emitted.spec.maps, names))
      }
    }
  }
  return listings
}

/// The variables that a clause uses, in the columns of dtrace(1); empty when there are none.
private func variableTable(_ variables: [ListedVariable], _ use: VariableUse, instructions: Int) -> String {
  func row(_ texts: [String]) -> String {
    let widths = [16, 4, 6, 3, 3, 11, 4, 0]
    return zip(texts, widths).map { text, width in text + String(repeating: " ", count: max(0, width - text.count)) }
      .joined(separator: " ") + "\n"
  }
  var text = ""
  for variable in variables {
    let name = VariableUse.Name(scope: variable.scope, name: variable.name)
    let flags = (use.read.contains(name) ? ["r"] : []) + (use.written.contains(name) ? ["w"] : [])
    if flags.isEmpty { continue }
    let scope =
      switch variable.scope {
      case .global: "glb"
      case .thread: "tls"
      case .clause: "loc"
      }
    text += row([
      variable.name, String(variable.id, radix: 16), variable.offset.map { String($0) } ?? "",
      variable.isArray ? "arr" : "scl", scope,
      "[0-\(instructions - 1)]",
      flags.joined(separator: "/"), variable.type,
    ])
  }
  return text.isEmpty ? "" : "\n" + row(["NAME", "ID", "OFFSET", "KND", "SCP", "RANGE", "FLAG", "TYPE"]) + text
}

/// Where the program has addresses of the kernel's variables that the text names, in the columns of dtrace(1)'s relocations; empty when
/// there are none.
private func kernelTable(_ program: ProgramSpec, _ names: [UInt64: String]) -> String {
  func row(_ texts: [String]) -> String {
    zip(texts, [17, 8, 18, 0]).map { text, width in text + String(repeating: " ", count: max(0, width - text.count)) }
      .joined(separator: " ") + "\n"
  }
  var text = ""
  for index in program.instructions.indices {
    guard let address = program.constant(at: index), let name = names[address] else { continue }
    // Both forms give all 64 bits.
    text += row(["R_BPF_INSN_64", String(index * 8), "0x" + hexadecimal(address, 16), name])
  }
  return text.isEmpty ? "" : "\n" + row(["KREL", "OFFSET", "VALUE", "NAME"]) + text
}

/// Which variables, arrays and aggregations lie where in an object's maps.
private struct VariableNames {
  private var maps: [Int: String] = [:]
  private var globals: Int?
  private var atOffsets: [Int: String] = [:]

  init(_ roles: EmittedObject.Roles, _ program: IR.Program) {
    globals = roles.globals
    for (id, offset) in roles.globalOffsets where program.variables[id].name != Variable.exited {
      atOffsets[offset] = program.variables[id].name
    }
    for (id, map) in roles.arrays {
      let array = program.arrays[id]
      maps[map] = (array.perThread ? "self->" : "") + array.name + "[]"
    }
    for (id, map) in roles.aggregations {
      // What several share is no one's.
      if case .shared = map { continue }
      maps[map.index] = "@" + program.aggregations[id].name
    }
  }

  func name(_ reference: ProgramSpec.MapReference) -> String? {
    guard reference.map == globals else { return maps[reference.map] }
    return reference.valueOffset.flatMap { atOffsets[$0] }
  }
}

private func listing(
  _ kind: String, _ name: String, _ program: ProgramSpec, _ maps: [MapSpec], _ names: VariableNames
) -> String {
  var text = "\nDisassembly of \(kind) \(name):\nINS  OFF    BYTES                   INSTRUCTION\n"
  // A 64-bit load is one line of the disassembler and two instructions.
  var lines = program.disassembly(maps: maps, note: names.name).makeIterator()
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

extension ProgramSpec {
  /// The number that the instruction puts into a register: of 32 bits that count as signed, or of 64 with the next one's.
  fileprivate func constant(at index: Int) -> UInt64? {
    let instruction = instructions[index]
    switch instruction.opcode {
    case 0xb7: return UInt64(bitPattern: Int64(instruction.immediate))
    case 0x18 where instruction.source == 0 && index + 1 < instructions.count:
      let high = UInt64(UInt32(bitPattern: instructions[index + 1].immediate)) << 32
      return high | UInt64(UInt32(bitPattern: instruction.immediate))
    default: return nil
    }
  }
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
