package import IR

/// A clause that was ended early: which, where and why.
package struct FaultReport: Sendable, Hashable {
  /// Index in `Program.clauses`.
  package var clause: Int
  /// Index in `Program.probes`.
  package var probe: Int
  package var fault: Fault
  /// The offending address or value.
  package var value: UInt64
  /// Where in the engine's code, if the record says.
  package var offset: UInt32?

  package init(clause: Int, probe: Int, fault: Fault, value: UInt64, offset: UInt32? = nil) {
    self.clause = clause
    self.probe = probe
    self.fault = fault
    self.value = value
    self.offset = offset
  }

  /// The line that dtrace writes after "dtrace: ". DTrace for Linux counts clauses from 0 and names places "BPF pc"; Solaris counts
  /// enabled probes from 1 and names the action and the place in its DIF.
  package func text(in program: Program, dialect: PrintOptions.Dialect = .linux) -> String {
    var details = ""
    switch fault {
    // An engine that does not know the address says so with all ones.
    case .badAddress where value == UInt64.max: break
    case .badAddress, .badAlignment, .badStack, .badSize: details = " (0x\(String(value, radix: 16)))"
    case .badIndex: details = " (\(Int64(bitPattern: value)))"
    default: break
    }
    switch dialect {
    case .linux:
      let place = offset.map { " at BPF pc \($0)" } ?? ""
      return "\(origin(in: program, dialect: dialect)): \(fault.text)\(details)\(place)"
    case .solaris:
      let place = offset.map { " in action #1 at DIF offset \($0)" } ?? ""
      return "\(origin(in: program, dialect: dialect)): \(fault.text)\(details)\(place)"
    }
  }

  /// Where it was, as the line begins.
  func origin(in program: Program, dialect: PrintOptions.Dialect) -> String {
    let enabled = program.probes.indices.contains(probe) ? program.probes[probe] : nil
    let id = enabled?.id ?? 0
    let name = enabled.map { program.name(of: $0) } ?? ":::"
    let number = program.clauses.indices.contains(clause) ? program.clauses[clause].ordinal : clause
    return switch dialect {
    case .linux: "error in dt_clause_\(number) for probe ID \(id) (\(name))"
    case .solaris: "error on enabled probe ID \(number + 1) (ID \(id): \(name))"
    }
  }
}

extension Fault {
  /// As dtrace says it.
  package var text: String {
    switch self {
    case .unknown: "unknown fault"
    case .badAddress: "invalid address"
    case .badAlignment: "invalid alignment"
    case .illegalOperation: "illegal operation"
    case .divideByZero: "divide-by-zero"
    case .noScratch: "out of scratch space"
    case .kernelPrivilege: "invalid kernel access"
    case .userPrivilege: "invalid user access"
    case .tupleOverflow: "tuple stack overflow"
    case .badStack: "bad stack"
    case .badSize: "invalid size"
    case .badIndex: "index out of bounds"
    }
  }
}

extension Program {
  /// A symbol by its index, empty when there is none.
  package func symbol(_ index: Int) -> String { symbols.indices.contains(index) ? symbols[index] : "" }

  /// A part of a probe's name.
  package func part(_ part: ProbePart, of probe: EnabledProbe) -> String {
    let index = Int(part.rawValue)
    return probe.parts.indices.contains(index) ? symbol(probe.parts[index]) : ""
  }

  /// A probe's four parts: `syscall:vmlinux:open:entry`.
  package func name(of probe: EnabledProbe) -> String {
    ProbePart.allCases.map { part($0, of: probe) }.joined(separator: ":")
  }
}
