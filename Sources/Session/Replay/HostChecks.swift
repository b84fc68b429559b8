import Answers
import DSemantics
import IR
import Probes
import Source

/// Complains of what a clause reads that neither events nor packets bring: it would be zero, and nobody would know.
func checkInputs(_ program: Program, reporting found: inout Diagnostics) {
  for clause in program.clauses {
    let place = Place(clause, program)
    for block in clause.blocks {
      for (index, step) in block.steps.enumerated() {
        guard let missing = place.missing(step, clause) else { continue }
        let origin = block.origins.indices.contains(index) ? Int(block.origins[index]) : 0
        let text = clause.origins.indices.contains(origin) ? clause.origins[origin] : 0..<0
        let complaint = SemanticComplaint.unsupported("\(missing) is not to be had from events, packets or a recording")
        let range = SourceRange(text.lowerBound, text.upperBound)
        if !found.all.contains(where: { $0.range == range }) { found.report(complaint, at: range) }
      }
    }
  }
}

/// Complains of what only rules have: there is no history to ask, nor one to tell.
func checkNoRule(_ program: Program, reporting found: inout Diagnostics) {
  for clause in program.clauses {
    for block in clause.blocks {
      for (index, step) in block.steps.enumerated() {
        guard case .call(_, let function, _) = step, function.isOfRules else { continue }
        let name =
          switch function {
          case .executable: "execpath"
          case .recall: "recall"
          default: "remember"
          }
        let origin = block.origins.indices.contains(index) ? Int(block.origins[index]) : 0
        let text = clause.origins.indices.contains(origin) ? clause.origins[origin] : 0..<0
        found.report(
          SemanticComplaint.unsupported("\(name)( ) is for rules, which `culprit watch` runs with this host's history"),
          at: SourceRange(text.lowerBound, text.upperBound))
      }
    }
  }
}

/// Where a clause fires, as far as its inputs depend on it.
private struct Place {
  var isOfPackets = false
  /// Some probe of it is of a call that opens a file: its path is told.
  var hasPath = false
  /// Every probe of it is a call's entry, whose stack is told.
  var hasStack = true

  init(_ clause: Clause, _ program: Program) {
    for index in clause.probes {
      let probe = program.probes[index]
      if probe.hook == .packet { isOfPackets = true }
      let isCall = program.part(.provider, of: probe) == "syscall"
      if isCall, let number = probe.selector?.value, openingCalls.contains(Int(number)) { hasPath = true }
      if !isCall || program.part(.name, of: probe) != "entry" { hasStack = false }
    }
  }

  /// What the step needs of a living process or of the running kernel; nil when it needs neither.
  func missing(_ step: Step, _ clause: Clause) -> String? {
    switch step {
    case .loadText(_, _, _, let space) where space.owner == .user:
      return hasPath ? nil : "a text of a process, but for the path of a file that is opened (copyinstr),"
    case .load(_, _, _, _, _, let space) where space.owner == .user,
      .loadFilled(_, _, _, _, let space) where space.owner == .user,
      .copyBytes(_, _, _, let space) where space.owner == .user,
      .recordBytes(_, _, _, _, let space) where space.owner == .user:
      return "the memory of a process (copyin)"
    case .loadStack: return "a stack as a part of a key"
    case .recordStack:
      return clause.recordsUserStack && hasStack ? nil : "a stack but of a call's entry (stack, ustack)"
    case .builtin(_, let builtin): return Session.missing(builtin)
    case .signal: return "a signal to a process (raise, stop)"
    case .chill: return "a CPU that waits (chill)"
    case .textBuiltin(_, .currentDirectory): return "cwd"
    case .fed(_, let slot) where !isOfPackets: return Session.missing(SocketSlot(rawValue: slot))
    default: return nil
    }
  }
}

func missing(_ builtin: Builtin) -> String? {
  switch builtin {
  case .vtimestamp: "vtimestamp"
  case .stackDepth: "stackdepth"
  case .userStackDepth: "ustackdepth"
  case .kernelPC: "caller"
  case .userPC: "the interrupted program counter"
  case .userCaller: "ucaller"
  case .networkNamespace: "the task's network namespace"
  case .userRegisters: "uregs[]"
  case .currentTask: "the kernel's memory (curthread)"
  default: nil
  }
}

func missing(_ slot: SocketSlot?) -> String? {
  slot == .filterCode ? "so_filter_code" : nil
}
