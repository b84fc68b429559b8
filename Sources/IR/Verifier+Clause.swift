// One clause: its bindings, its record, its blocks, and the flow of values through them.

extension Verifier {
  mutating func check(_ index: Int) {
    let clause = program.clauses[index]
    let place = Violation.Place.clause(index)
    check(.registers, clause.registers, Bound.registers, at: place)
    check(.texts, clause.texts.count, Bound.registers, at: place)
    for capacity in clause.texts { check(.textCapacity, capacity, Bound.text, at: place) }
    checkBindings(of: clause, at: place)
    checkRecord(of: clause, index)
    guard !clause.blocks.isEmpty else { return report(.noBlocks, at: place) }
    for block in clause.blocks.indices { checkShape(of: block, in: clause, index) }
    checkFlow(of: clause, index)
  }

  private mutating func checkBindings(of clause: Clause, at place: Violation.Place) {
    if clause.probes.isEmpty { report(.noProbes, at: place) }
    var first: Int?
    for probe in clause.probes {
      guard check(probe, in: .probe, of: program.probes.count, at: place) else { continue }
      if let first, program.probes[first].hook != program.probes[probe].hook {
        report(.mixedHooks(first, probe), at: place)
      }
      first = first ?? probe
    }
  }

  private mutating func checkRecord(of clause: Clause, _ index: Int) {
    check(.recordSize, clause.record.size, 0...max(0, program.limits.bufferSize), at: .clause(index))
    let aggregations = program.aggregations.count
    for (number, item) in clause.record.items.enumerated() {
      let place = Violation.Place.item(clause: index, number)
      for field in item.fields {
        switch field.kind {
        case .value(let storage): check(storage, at: place)
        case .symbol: break
        case .bytes(let count): check(.bytes, count, Bound.size, at: place)
        case .kernelStack(let frames), .userStack(let frames): check(.frames, frames, Bound.words, at: place)
        }
      }
      switch item.action {
      case .printa(let ids, _):
        for id in ids { check(id, in: .aggregation, of: aggregations, at: place) }
      case .clear(let id), .truncate(let id), .normalize(let id), .denormalize(let id):
        check(id, in: .aggregation, of: aggregations, at: place)
      case .show(_, let size, let places):
        check(.bytes, size, Bound.size, at: place)
        for part in places { check(.bytes, part.upperBound, 0...max(0, size), at: place) }
      case .trace, .printf, .stack, .userStack, .exit, .symbol, .tracemem, .pcap, .print, .header, .speculate, .commit,
        .discard, .system, .finding, .freopen, .truncateOutput, .setOption:
        break
      }
    }
  }

  /// What can be seen of a block by itself: indices, kinds, where it leads.
  private mutating func checkShape(of number: Int, in clause: Clause, _ index: Int) {
    let block = clause.blocks[number]
    let place = Violation.Place.block(clause: index, number)
    if !block.origins.isEmpty, block.origins.count != block.steps.count {
      report(.originsCount(block.origins.count, steps: block.steps.count), at: place)
    }
    for origin in block.origins { check(Int(origin), in: .origin, of: clause.origins.count, at: place) }
    for (position, step) in block.steps.enumerated() {
      let place = Violation.Place.step(clause: index, block: number, position)
      for operand in step.read { check(operand, in: clause, at: place) }
      if let operand = step.written { check(operand, in: clause, at: place) }
      check(step, in: clause, at: place)
    }
    let end = Violation.Place.end(clause: index, block: number)
    for target in block.end.targets where check(target, in: .block, of: clause.blocks.count, at: end) {
      if target <= number { report(.jumpsBack(to: target), at: end) }
    }
    if case .branch(let condition, _, _) = block.end { check(.integer(condition), in: clause, at: end) }
  }

  private mutating func check(_ operand: Operand, in clause: Clause, at place: Violation.Place) {
    switch operand {
    case .integer(let register): check(register.index, in: .register, of: clause.registers, at: place)
    case .text(let register): check(register.index, in: .text, of: clause.texts.count, at: place)
    }
  }

  /// Follows the values forward: a register counts as written where every path to it has written it. Jumps go forward
  /// only, so that one pass in the order of the blocks sees every predecessor first.
  private mutating func checkFlow(of clause: Clause, _ index: Int) {
    var arriving = [Set<Operand>?](repeating: nil, count: clause.blocks.count)
    arriving[0] = []
    for (number, block) in clause.blocks.enumerated() {
      guard var written = arriving[number] else { continue }
      for (position, step) in block.steps.enumerated() {
        for operand in step.read where !written.contains(operand) {
          report(.readBeforeWritten(operand), at: .step(clause: index, block: number, position))
        }
        if let operand = step.written { written.insert(operand) }
      }
      if case .branch(let condition, _, _) = block.end, !written.contains(.integer(condition)) {
        report(.readBeforeWritten(.integer(condition)), at: .end(clause: index, block: number))
      }
      for target in block.end.targets where target > number && target < clause.blocks.count {
        arriving[target] = arriving[target]?.intersection(written) ?? written
      }
    }
  }
}

extension Terminator {
  /// The blocks it may lead to.
  package var targets: [Int] {
    switch self {
    case .jump(let block): [block]
    case .branch(_, let then, let otherwise): [then, otherwise]
    case .commit, .discard: []
    }
  }
}
