import DSemantics
import IR
import Probes
import Source

/// Complains of what a clause reads that neither events nor packets bring: it would be zero, and nobody would know.
func checkInputs(_ program: Program, reporting found: inout Diagnostics) {
  for clause in program.clauses {
    let isOfPackets = clause.probes.contains { program.probes[$0].hook == .packet }
    for block in clause.blocks {
      for (index, step) in block.steps.enumerated() {
        guard let missing = missing(step, isOfPackets: isOfPackets) else { continue }
        let origin = block.origins.indices.contains(index) ? Int(block.origins[index]) : 0
        let place = clause.origins.indices.contains(origin) ? clause.origins[origin] : 0..<0
        let complaint = SemanticComplaint.unsupported("\(missing) is not to be had from events, packets or a recording")
        let range = SourceRange(place.lowerBound, place.upperBound)
        if !found.all.contains(where: { $0.range == range }) { found.report(complaint, at: range) }
      }
    }
  }
}

/// What the step needs of a living process or of the running kernel; nil when it needs neither.
private func missing(_ step: Step, isOfPackets: Bool) -> String? {
  switch step {
  case .load(_, _, _, _, _, let space) where space.owner == .user,
    .loadText(_, _, _, let space) where space.owner == .user,
    .copyBytes(_, _, _, let space) where space.owner == .user,
    .recordBytes(_, _, _, _, let space) where space.owner == .user:
    return "the memory of a process (copyin, copyinstr)"
  case .recordStack: return "a stack of addresses (stack, ustack)"
  case .builtin(_, let builtin): return missing(builtin)
  case .textBuiltin(_, .currentDirectory): return "cwd"
  case .fed(_, let slot) where !isOfPackets: return missing(SocketSlot(rawValue: slot))
  default: return nil
  }
}

private func missing(_ builtin: Builtin) -> String? {
  switch builtin {
  case .vtimestamp: "vtimestamp"
  case .stackDepth: "stackdepth"
  case .userStackDepth: "ustackdepth"
  case .kernelPC: "caller"
  case .userPC: "ucaller"
  case .networkNamespace: "the task's network namespace"
  default: nil
  }
}

private func missing(_ slot: SocketSlot?) -> String? {
  switch slot {
  case .filterCode: "so_filter_code"
  case .ring: "so_ring"
  case .frames: "so_frames"
  default: nil
  }
}
