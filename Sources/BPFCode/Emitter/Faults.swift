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
  var label: Assembler.Label
}

extension HookEmitter {
  /// Where to jump with a fault. The registers must still hold what they held before the step.
  mutating func fault(_ fault: Fault, _ value: FaultValue?) -> Assembler.Label {
    // A place in memory may hold something else at another step, so only valueless faults share their stub.
    if value == nil, let known = faultStubs.first(where: { $0.fault == fault && $0.value == nil }) {
      return known.label
    }
    let label = code.makeLabel()
    faultStubs.append(FaultStub(fault: fault, value: value, label: label))
    return label
  }

  /// The stubs, then the exit: a record of kind 1, and on with the next clause.
  mutating func emitFaults() throws(EmitterError) {
    code.origin = nil
    for stub in faultStubs {
      code.place(stub.label)
      if let value = stub.value {
        load(value.register, into: .r1)
        addConstant(.r1, value.offset, .r2)
        emit(.store(.double, at: .r10, offset: Int16(Frame.faultValue), .register(.r1)))
      } else {
        emit(.store(.double, at: .r10, offset: Int16(Frame.faultValue), .immediate(0)))
      }
      emit(.store(.double, at: .r10, offset: Int16(Frame.faultCode), .immediate(Int32(stub.fault.rawValue))))
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
    emitOutput(of: record, RecordLayout.faultSize)
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
