import IR

/// How control goes through a clause's blocks. Jumps go forward, so one pass in order answers each question.
struct Flow {
  /// Whether a block can be reached at all; what cannot is not emitted, because the verifier refuses it.
  private(set) var reachable: [Bool]
  /// The nearest block that every way to a block goes through.
  private(set) var dominator: [Int]
  /// Registers that some way to some use does not define: they read as zero.
  private(set) var undefinedIntegers: Set<Int> = []
  private(set) var undefinedTexts: Set<Int> = []

  init(_ clause: Clause) {
    let count = clause.blocks.count
    reachable = [Bool](repeating: false, count: count)
    dominator = [Int](repeating: 0, count: count)
    var definedAtEntry = [Set<Operand>?](repeating: nil, count: count)
    reachable[0] = true
    definedAtEntry[0] = []
    for index in 0..<count where reachable[index] {
      var defined = definedAtEntry[index] ?? []
      for step in clause.blocks[index].steps {
        for read in step.read where !defined.contains(read) { note(read) }
        if let write = step.written { defined.insert(write) }
      }
      if case .branch(let register, _, _) = clause.blocks[index].end, !defined.contains(.integer(register)) {
        note(.integer(register))
      }
      for target in clause.blocks[index].end.targets {
        dominator[target] = reachable[target] ? commonDominator(dominator[target], index) : index
        reachable[target] = true
        definedAtEntry[target] = definedAtEntry[target]?.intersection(defined) ?? defined
      }
    }
  }

  /// The nearest block that every way to either goes through (or is one of them).
  func commonDominator(_ left: Int, _ right: Int) -> Int {
    var (left, right) = (left, right)
    while left != right {
      if left > right { left = dominator[left] } else { right = dominator[right] }
    }
    return left
  }

  /// The nearest block that every way to any of `blocks` goes through; nil for none.
  func commonDominator(_ blocks: Set<Int>) -> Int? {
    guard var common = blocks.first else { return nil }
    for block in blocks { common = commonDominator(common, block) }
    return common
  }

  private mutating func note(_ operand: Operand) {
    switch operand {
    case .integer(let register): undefinedIntegers.insert(register.index)
    case .text(let register): undefinedTexts.insert(register.index)
    }
  }
}
