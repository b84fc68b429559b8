// A predicate is mostly a comparison, often with a constant, that only the block's branch asks for: the two or three
// become one operation. Every comparison is brought to "equal" or "less" by turning its sides or its targets.

import IR

struct Fusing {
  /// How often each register is read and written in the whole clause.
  private var reads: [Int]
  private var writes: [Int]

  init(_ clause: Clause) {
    reads = [Int](repeating: 0, count: clause.registers)
    writes = reads
    for block in clause.blocks {
      for step in block.steps {
        for case .integer(let register) in step.read { reads[register.index] += 1 }
        if case .integer(let register)? = step.written { writes[register.index] += 1 }
      }
      if case .branch(let condition, _, _) = block.end { reads[condition.index] += 1 }
    }
  }

  /// A fused end of a block, and the positions of the steps that it stands for.
  struct Branch {
    var operation: Operation
    var replaced: Set<Int>
  }

  /// The block's end with the comparison before it, when nothing else reads the comparison's result.
  func branch(of block: Block) -> Branch? {
    guard case .branch(let condition, let then, let otherwise) = block.end,
      case .compare(let sign, condition, let left, let right)? = block.steps.last, reads[condition.index] == 1
    else { return nil }
    let last = block.steps.count - 1
    let (yes, no) = (Int32(then), Int32(otherwise))
    if let constant = constant(right, in: block), let fused = sign.branch(R(left), constant.value, yes, no) {
      return Branch(operation: fused, replaced: [last, constant.position])
    }
    if let constant = constant(left, in: block), let fused = sign.turned.branch(R(right), constant.value, yes, no) {
      return Branch(operation: fused, replaced: [last, constant.position])
    }
    return Branch(operation: sign.branch(R(left), R(right), yes, no), replaced: [last])
  }

  /// The constant that the register holds, when it is set in this block for the comparison alone.
  private func constant(_ register: Register, in block: Block) -> (value: Int32, position: Int)? {
    guard reads[register.index] == 1, writes[register.index] == 1 else { return nil }
    for (position, step) in block.steps.enumerated() {
      if case .constant(register, let value) = step { return Int32(exactly: value).map { ($0, position) } }
    }
    return nil
  }
}

extension Comparison {
  /// The comparison that holds of the two sides in the other order.
  fileprivate var turned: Comparison {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .lessSigned: .greaterSigned
    case .lessEqualSigned: .greaterEqualSigned
    case .greaterSigned: .lessSigned
    case .greaterEqualSigned: .lessEqualSigned
    case .lessUnsigned: .greaterUnsigned
    case .lessEqualUnsigned: .greaterEqualUnsigned
    case .greaterUnsigned: .lessUnsigned
    case .greaterEqualUnsigned: .lessEqualUnsigned
    }
  }

  fileprivate func branch(_ left: R, _ right: R, _ yes: Int32, _ no: Int32) -> Operation {
    switch self {
    case .equal: .branchEqual(left, right, then: yes, otherwise: no)
    case .notEqual: .branchEqual(left, right, then: no, otherwise: yes)
    case .lessSigned: .branchLessSigned(left, right, then: yes, otherwise: no)
    case .greaterEqualSigned: .branchLessSigned(left, right, then: no, otherwise: yes)
    case .greaterSigned: .branchLessSigned(right, left, then: yes, otherwise: no)
    case .lessEqualSigned: .branchLessSigned(right, left, then: no, otherwise: yes)
    case .lessUnsigned: .branchLessUnsigned(left, right, then: yes, otherwise: no)
    case .greaterEqualUnsigned: .branchLessUnsigned(left, right, then: no, otherwise: yes)
    case .greaterUnsigned: .branchLessUnsigned(right, left, then: yes, otherwise: no)
    case .lessEqualUnsigned: .branchLessUnsigned(right, left, then: no, otherwise: yes)
    }
  }

  /// Nil where the constant, or the one after it, does not fit.
  fileprivate func branch(_ left: R, _ right: Int32, _ yes: Int32, _ no: Int32) -> Operation? {
    let (next, overflow) = right.addingReportingOverflow(1)
    // As an unsigned number a negative constant is too large for the operation.
    let unsigned = UInt32(exactly: right)
    let unsignedNext = overflow ? nil : UInt32(exactly: next)
    switch self {
    case .equal: return .branchEqualConstant(left, right, then: yes, otherwise: no)
    case .notEqual: return .branchEqualConstant(left, right, then: no, otherwise: yes)
    case .lessSigned: return .branchLessSignedConstant(left, right, then: yes, otherwise: no)
    case .greaterEqualSigned: return .branchLessSignedConstant(left, right, then: no, otherwise: yes)
    case .lessEqualSigned: return overflow ? nil : .branchLessSignedConstant(left, next, then: yes, otherwise: no)
    case .greaterSigned: return overflow ? nil : .branchLessSignedConstant(left, next, then: no, otherwise: yes)
    case .lessUnsigned: return unsigned.map { .branchLessUnsignedConstant(left, $0, then: yes, otherwise: no) }
    case .greaterEqualUnsigned: return unsigned.map { .branchLessUnsignedConstant(left, $0, then: no, otherwise: yes) }
    case .lessEqualUnsigned:
      return right < 0 ? nil : unsignedNext.map { .branchLessUnsignedConstant(left, $0, then: yes, otherwise: no) }
    case .greaterUnsigned:
      return right < 0 ? nil : unsignedNext.map { .branchLessUnsignedConstant(left, $0, then: no, otherwise: yes) }
    }
  }
}

extension Operation {
  /// The operation with the blocks that it leads to replaced; itself when it leads nowhere.
  func withTargets(_ place: (Int32) -> Int32) -> Operation {
    switch self {
    case .jump(let block): .jump(place(block))
    case .branch(let condition, let then, let otherwise):
      .branch(condition, then: place(then), otherwise: place(otherwise))
    case .branchEqual(let left, let right, let then, let otherwise):
      .branchEqual(left, right, then: place(then), otherwise: place(otherwise))
    case .branchLessSigned(let left, let right, let then, let otherwise):
      .branchLessSigned(left, right, then: place(then), otherwise: place(otherwise))
    case .branchLessUnsigned(let left, let right, let then, let otherwise):
      .branchLessUnsigned(left, right, then: place(then), otherwise: place(otherwise))
    case .branchEqualConstant(let left, let right, let then, let otherwise):
      .branchEqualConstant(left, right, then: place(then), otherwise: place(otherwise))
    case .branchLessSignedConstant(let left, let right, let then, let otherwise):
      .branchLessSignedConstant(left, right, then: place(then), otherwise: place(otherwise))
    case .branchLessUnsignedConstant(let left, let right, let then, let otherwise):
      .branchLessUnsignedConstant(left, right, then: place(then), otherwise: place(otherwise))
    default: self
    }
  }
}
