import IR

/// A fault's value, when it has one: an address that was refused.
struct FaultValue: Hashable {
  var register: Register
  var offset: Int
}

/// Code that a faulting step jumps to: it notes the fault and goes to the clause's fault exit.
struct FaultStub {
  var fault: Fault
  var value: FaultValue?
  /// The number of the step in its clause.
  var step: Int
  var label: Assembler.Label
}

extension HookEmitter {
  /// Where to jump with a fault. The registers must still hold what they held before the step.
  mutating func fault(_ fault: Fault, _ value: FaultValue?) -> Assembler.Label {
    if let known = faultStubs.last, known.fault == fault, known.value == value, known.step == step {
      return known.label
    }
    let label = code.makeLabel()
    faultStubs.append(FaultStub(fault: fault, value: value, step: step, label: label))
    return label
  }

  /// The stubs, then the exit: a record of kind 1, and on with the next clause.
  mutating func emitFaults() throws(EmitterError) {
    code.origin = nil
    for stub in faultStubs {
      code.place(stub.label)
      if postpones(stub) { try emitPostponement() }
      if let value = stub.value, let small = smallConstant(value.register), value.offset == 0 {
        emit(.store(.double, at: .r10, offset: Int16(Frame.faultValue), .immediate(small)))
      } else if let value = stub.value {
        load(value.register, into: .r1)
        addConstant(.r1, value.offset, .r2)
        emit(.store(.double, at: .r10, offset: Int16(Frame.faultValue), .register(.r1)))
      } else {
        emit(.store(.double, at: .r10, offset: Int16(Frame.faultValue), .immediate(0)))
      }
      emit(.store(.word, at: .r10, offset: Int16(Frame.faultCode), .immediate(Int32(stub.fault.rawValue))))
      // The layout leaves this word unused; ERROR's third argument is made from it.
      emit(
        .store(.word, at: .r10, offset: Int16(Frame.faultCode + 4), .immediate(Int32(truncatingIfNeeded: stub.step))))
      code.jump(to: faultExit)
    }
    code.place(faultExit)
    let mark = frame.mark
    guard let record = frame.transientStack(RecordLayout.faultSize) else {
      throw .stackExceeded(bytes: frame.stackDepth + RecordLayout.faultSize, clause: plan.number)
    }
    try emitHeader(at: record, kind: 1)
    let (base, offset) = base(of: record, .r1)
    for (slot, place) in [(Frame.faultCode, 32), (Frame.faultValue, 40)] {
      emit(.load(.double, .r0, from: .r10, offset: Int16(slot)))
      emit(.store(.double, at: base, offset: offset + short(place), .register(.r0)))
    }
    emitOutput(of: record, RecordLayout.faultSize, controls: false)
    frame.release(to: mark)
  }

  /// `register += value`, with `temporary` where the value is large.
  mutating func addConstant(_ register: MachineRegister, _ value: Int, _ temporary: MachineRegister) {
    if value == 0 { return }
    if let short = Int32(exactly: value) {
      emit(.arithmetic(.add, register, .immediate(short)))
    } else {
      code.constant(temporary, Int64(value))
      emit(.arithmetic(.add, register, .register(temporary)))
    }
  }
}
