// A step as the loop runs it: registers are numbers, places are offsets, blocks are positions. Sixteen bytes each, in
// one array.

import IR

/// An integer register.
typealias R = UInt16
/// A place in the `TextStore`.
typealias T = UInt32

enum Operation: Sendable {
  case constant(Int64, R)
  case copy(R, R)
  // One case an operator: a second switch on the operator would double the jumps that the processor must guess.
  case add(R, R, R), subtract(R, R, R), multiply(R, R, R)
  case and(R, R, R), or(R, R, R), xor(R, R, R)
  case shiftLeft(R, R, R), shiftRightSigned(R, R, R), shiftRightUnsigned(R, R, R)
  case divide(R, R, R, BinaryOperator)
  case negate(R, R)
  case complement(R, R)
  case equal(R, R, R), notEqual(R, R, R)
  case lessSigned(R, R, R), lessEqualSigned(R, R, R), greaterSigned(R, R, R), greaterEqualSigned(R, R, R)
  case lessUnsigned(R, R, R), lessEqualUnsigned(R, R, R), greaterUnsigned(R, R, R), greaterEqualUnsigned(R, R, R)
  case extend(R, R, Extension)

  case builtin(R, Builtin)
  case textBuiltin(T, TextBuiltin)
  case probeSymbol(R, UInt8)
  case context(R, UInt16)
  case fed(R, UInt16)
  case textFed(T, UInt16)

  case load(Int32, R, address: R, Width, signed: Bool, Space)
  case store(Int32, address: R, R, Width)
  case storeText(Int32, T, capacity: Int32, address: R)
  case faultUnless(R, Fault, value: R)
  case allocate(R, size: R)
  case copyBytes(to: R, from: R, size: R, Space)

  case copyText(T, T)
  case nullText(T)
  case requireText(T)
  case loadText(T, address: R, limit: R, limited: Bool, Space)
  case loadFilled(T, address: R, size: R, filler: R, Space)
  case compareText(T, T, R, Comparison)
  case symbolText(T, R)
  case addressOfText(R, T)
  /// `first` and `count` are of `Code.arguments`.
  case callInteger(first: Int32, R, count: UInt8, Function)
  case callText(first: Int32, T, count: UInt8, Function)
  /// What a history is told and asked.
  case remember(T, R, value: R)
  case recall(T, R, what: R, period: R)
  case executable(T)

  /// Variables by their words in the frame of their scope.
  case loadInteger(Int32, R, Variable.Scope)
  case storeInteger(Int32, R, Variable.Scope, Extension)
  case loadVariableText(Int32, T, Variable.Scope)
  case storeVariableText(Int32, T, capacity: Int32, Variable.Scope)

  /// Elements of bytes and a thread's variables of bytes, to and from an offset in the scratch memory.
  case lookUpBytes(Int32, key: Int32, Int32)
  case assignBytes(Int32, key: Int32, Int32)
  case loadBytes(Int32, count: Int32, Int32)
  case storeBytes(Int32, count: Int32, Int32)

  /// Elements; the key is an index in `Code.keys`.
  case lookUp(Int32, key: Int32, R)
  case lookUpText(Int32, key: Int32, T)
  case assign(Int32, key: Int32, R, Extension)
  case assignText(Int32, key: Int32, T)
  case remove(Int32, key: Int32)
  case count(Int32, key: Int32)
  case aggregate(Int32, key: Int32, R)
  case aggregateWeighted(Int32, key: Int32, R, increment: R)

  case loadStack(Int32, frames: Int32, user: Bool)
  case speculation(R)
  /// There is no process here to be reached.
  case signal
  /// Nor is there one that would wait.
  case chill
  case speculate(R, R, size: Int32)
  case conclude(R, R, commits: Bool)

  /// The record's fields by their offsets.
  case happened(Int32)
  case recordInteger(Int32, R, Width)
  case recordText(Int32, T, capacity: Int32)
  case recordBytes(Int32, address: R, size: R, capacity: Int32, Space)
  case recordKernelStack(Int32, frames: Int32)
  case recordUserStack(Int32, frames: Int32)

  case jump(Int32)
  case branch(R, then: Int32, otherwise: Int32)
  // A comparison and the branch that asks for it (`Fusing`).
  case branchEqual(R, R, then: Int32, otherwise: Int32)
  case branchLessSigned(R, R, then: Int32, otherwise: Int32)
  case branchLessUnsigned(R, R, then: Int32, otherwise: Int32)
  case branchEqualConstant(R, Int32, then: Int32, otherwise: Int32)
  case branchLessSignedConstant(R, Int32, then: Int32, otherwise: Int32)
  case branchLessUnsignedConstant(R, UInt32, then: Int32, otherwise: Int32)
  case commit
  case discard
}

/// What narrowing a value to a storage does: the low bits stay, the rest are copies of the sign or zeros.
struct Extension: Sendable {
  /// 64 less the storage's bits.
  let shift: UInt8
  let signed: Bool

  init(_ width: Width, signed: Bool) {
    shift = 64 - 8 * width.rawValue
    self.signed = signed
  }

  @inline(__always)
  func callAsFunction(_ value: UInt64) -> UInt64 {
    let high = value &<< UInt64(shift)
    return signed ? UInt64(bitPattern: Int64(bitPattern: high) &>> Int64(shift)) : high &>> UInt64(shift)
  }
}

/// A part of a key.
enum KeyPart: Sendable {
  case integer(R, Extension)
  case text(T, capacity: Int32)
}

/// The parts of one step's key.
struct KeyCode: Sendable {
  let first: Int32
  let end: Int32
  /// Whether the thread's id stands before them.
  let perThread: Bool
}

/// An argument of a call.
enum Argument: Sendable {
  case integer(R)
  case text(T)
}

/// What the loop reads and never changes.
struct Code: Sendable {
  var operations: [Operation] = []
  /// For each operation the number of its step within its clause, as ERROR's arg3 tells it.
  var steps: [Int32] = []
  var keyParts: [KeyPart] = []
  var keys: [KeyCode] = []
  var arguments: [Argument] = []
  var clauses: [ClauseCode] = []
  /// `Program.symbols`.
  var symbols: [[UInt8]] = []
  /// For each probe its four symbols, one after the other; and its id.
  var probeParts: [UInt32] = []
  var probeIDs: [UInt32] = []
  /// `Program.Limits.frames`.
  var frames = 127
}

struct ClauseCode: Sendable {
  let number: Int
  /// Where its operations begin.
  let start: Int
  let recordSize: Int
}
