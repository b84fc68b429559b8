import IR

/// From which step to which each register of a clause holds something, counting the steps and the ends of the reachable blocks.
struct Lifetimes {
  private(set) var integers: [ClosedRange<Int>?]
  private(set) var texts: [ClosedRange<Int>?]
  /// Registers whose value is the same whenever they are read: written once, with a constant, before every read.
  private(set) var constantIntegers: [Int: Int64] = [:]
  private(set) var constantTexts: [Int: [UInt8]] = [:]
  /// How a pointer came about whose type the verifier may know: a context word, or a typed load from such a pointer.
  private(set) var typedPointers: [Int: Step] = [:]
  /// Comparisons that only the branch right behind them reads: the blocks that end so.
  private(set) var fusedBranches: Set<Int> = []

  /// - Parameter constant: the value of a step's result, if it is the same for every firing.
  init(_ clause: Clause, _ flow: Flow, constant: (Step) -> Int64?) {
    integers = [ClosedRange<Int>?](repeating: nil, count: clause.registers)
    texts = [ClosedRange<Int>?](repeating: nil, count: clause.texts.count)
    var reads = [Int](repeating: 0, count: clause.registers)
    var writes = [Int](repeating: 0, count: clause.registers)
    var textWrites = [Int](repeating: 0, count: clause.texts.count)
    for register in flow.undefinedIntegers { integers[register] = 0...0 }
    for register in flow.undefinedTexts { texts[register] = 0...0 }

    var position = 0
    for (index, block) in clause.blocks.enumerated() where flow.reachable[index] {
      for step in block.steps {
        position += 1
        for operand in step.read { extend(operand, to: position, count: &reads) }
        guard let write = step.written else { continue }
        var none: [Int] = []
        extend(write, to: position, count: &none)
        switch write {
        case .integer(let register):
          writes[register.index] += 1
          constantIntegers[register.index] = constant(step)
          switch step {
          case .context, .load(_, _, _, .double, _, .typed): typedPointers[register.index] = step
          default: typedPointers[register.index] = nil
          }
        case .text(let register):
          textWrites[register.index] += 1
          if case .text(_, let constant) = step { constantTexts[register.index] = constant }
        }
      }
      position += 1
      if case .branch(let register, _, _) = block.end { extend(.integer(register), to: position, count: &reads) }
    }

    constantIntegers = constantIntegers.filter { writes[$0.key] == 1 && !flow.undefinedIntegers.contains($0.key) }
    typedPointers = typedPointers.filter { writes[$0.key] == 1 && !flow.undefinedIntegers.contains($0.key) }
    constantTexts = constantTexts.filter { textWrites[$0.key] == 1 && !flow.undefinedTexts.contains($0.key) }
    for (index, block) in clause.blocks.enumerated() where flow.reachable[index] {
      guard case .branch(let register, _, _) = block.end, reads[register.index] == 1, writes[register.index] == 1
      else { continue }
      switch block.steps.last {
      case .compare(_, register, _, _)?: fusedBranches.insert(index)
      default: break
      }
    }
  }

  private mutating func extend(_ operand: Operand, to position: Int, count: inout [Int]) {
    switch operand {
    case .integer(let register):
      let start = integers[register.index]?.lowerBound ?? position
      integers[register.index] = start...position
      if !count.isEmpty { count[register.index] += 1 }
    case .text(let register):
      let start = texts[register.index]?.lowerBound ?? position
      texts[register.index] = start...position
    }
  }
}
