/// A filter run over one frame: whether it takes it, and which comparisons decided that.
struct FilterRun {
  private(set) var accepts = false
  private(set) var tests: [Test] = []
  private(set) var stepCount = 0

  /// A comparison of a number that came from the frame.
  struct Test {
    /// The step's index.
    var at: Int
    var origin: FilterValue.Origin
    var comparison: FilterStep.Comparison
    var against: UInt32
    var holds: Bool
  }

  init(_ program: FilterProgram, over frame: ProbeFrame) {
    var accumulator = FilterValue(number: 0)
    var index = FilterValue(number: 0)
    var cells = [FilterValue](repeating: FilterValue(number: 0), count: 16)
    var next = 0

    // Ends: FilterProgram lets jumps go forward only, and the last step is a return.
    while true {
      let at = next
      stepCount += 1
      next += 1
      switch program.steps[at] {
      case .load(let source, let register):
        // A load outside the frame refuses it.
        guard let value = Self.load(source, from: frame, index.number, cells) else { return }
        if register == .index { index = value } else { accumulator = value }
      case .store(let register, let cell): cells[cell] = register == .index ? index : accumulator
      case .copy(to: .index): index = accumulator
      case .copy(to: .accumulator): accumulator = index
      case .negate: accumulator = FilterValue(number: 0 &- accumulator.number)
      case .compute(let arithmetic, let operand):
        guard let value = accumulator.after(arithmetic, operand.number(index)) else { return }
        accumulator = value
      case .jump(let target): next = target
      case .branch(let comparison, let operand, let then, let otherwise):
        let against = operand.number(index)
        let holds = comparison.holds(accumulator.number, against)
        if then != otherwise, let origin = accumulator.origin {
          tests.append(Test(at: at, origin: origin, comparison: comparison, against: against, holds: holds))
        }
        next = holds ? then : otherwise
      case .finish(let count):
        accepts = count > 0
        return
      case .finishWithAccumulator:
        accepts = accumulator.number > 0
        return
      }
    }
  }

  private static func load(
    _ source: FilterStep.Source, from frame: ProbeFrame, _ index: UInt32, _ cells: [FilterValue]
  ) -> FilterValue? {
    func loaded(_ place: FilterPlace) -> FilterValue? {
      frame.value(of: place).map { FilterValue(number: $0, origin: .init(place: place)) }
    }
    switch source {
    case .frame(let offset, let width): return loaded(.bytes(at: frame.position(offset), width: width))
    case .frameAtIndex(let more, let width):
      return loaded(.bytes(at: frame.position(index &+ more), width: width))
    case .headerLength(let offset):
      return frame.number(at: frame.position(offset), width: 1).map { FilterValue(number: ($0 & 15) * 4) }
    case .constant(let number): return FilterValue(number: number)
    case .cell(let cell): return cells[cell]
    case .length: return loaded(.length)
    case .about(let what): return loaded(.about(what))
    }
  }
}

extension FilterStep.Operand {
  fileprivate func number(_ index: FilterValue) -> UInt32 {
    switch self {
    case .constant(let number): number
    case .index: index.number
    }
  }
}

extension FilterStep.Comparison {
  fileprivate func holds(_ a: UInt32, _ b: UInt32) -> Bool {
    switch self {
    case .equal: a == b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    case .anyBit: a & b != 0
    }
  }
}

extension FilterRun.Test {
  /// `frame` changed so that this comparison goes the other way.
  func frameThatTurnsIt(_ frame: ProbeFrame) -> ProbeFrame? {
    switch (comparison, holds) {
    case (.equal, false): return origin.frame(like: frame, with: against)
    case (.equal, true): return origin.frame(like: frame, with: against ^ 1)
    case (.greater, false): return against == .max ? nil : origin.frame(like: frame, with: against + 1)
    case (.greater, true), (.greaterOrEqual, false): return origin.frame(like: frame, with: against)
    case (.greaterOrEqual, true): return against == 0 ? nil : origin.frame(like: frame, with: against - 1)
    case (.anyBit, false):
      // One bit is enough, and more may contradict one another: the lowest.
      let bit = against & (0 &- against)
      return origin.frame(like: frame, with: bit, under: bit)
    case (.anyBit, true): return origin.frame(like: frame, with: 0, under: against)
    }
  }
}
