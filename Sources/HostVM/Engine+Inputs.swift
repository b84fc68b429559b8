// What a firing knows, by the names of the IR.

import Bytes
import IR

extension Engine {
  func builtin(_ what: Builtin, _ clause: Int, _ code: Code, _ probe: Int, _ firing: Firing) -> UInt64 {
    switch what {
    case .pid: UInt64(firing.pid)
    case .tid: UInt64(firing.tid)
    case .ppid: UInt64(firing.ppid)
    case .uid: UInt64(firing.uid)
    case .gid: UInt64(firing.gid)
    case .cpu: UInt64(firing.cpu)
    case .timestamp: firing.monotonicTime
    case .walltimestamp: firing.wallTime
    case .vtimestamp: firing.virtualTime
    case .errno: UInt64(bitPattern: Int64(firing.errno))
    case .probeID: UInt64(code.probeIDs[probe])
    case .enabledProbeID: code.enabledProbeID(probe, clause)
    case .stackDepth: UInt64(min(firing.kernelStack.count, code.frames))
    case .userStackDepth: UInt64(min(firing.userStack.count, code.frames))
    case .kernelPC: firing.kernelPC
    case .userPC: firing.userPC
    case .userCaller: firing.userStack.count > 1 ? firing.userStack[1] : 0
    case .context: 0
    case .currentTask: firing.currentTask
    case .processStart: firing.processStart
    case .networkNamespace: firing.networkNamespace
    // No registers were told of.
    case .userRegisters: 0
    }
  }

  mutating func setText(_ to: Int, _ what: TextBuiltin, _ firing: Firing) {
    switch what {
    case .execname: texts.set(to, firing.execname)
    case .psargs: texts.set(to, firing.psargs)
    case .currentDirectory: texts.set(to, firing.currentDirectory)
    }
  }
}

extension Code {
  /// See `Builtin.enabledProbeID`.
  func enabledProbeID(_ probe: Int, _ clause: Int) -> UInt64 { UInt64(probe * clauses.count + clause + 1) }
}

extension BinaryOperator {
  /// The result of a division on 64 bits; nil for one by zero.
  func divided(_ left: UInt64, _ right: UInt64) -> UInt64? {
    if right == 0 { return nil }
    let dividend = Int64(bitPattern: left)
    let divisor = Int64(bitPattern: right)
    switch self {
    case .divideSigned: return UInt64(bitPattern: dividend.dividedReportingOverflow(by: divisor).partialValue)
    case .remainderSigned:
      return UInt64(bitPattern: dividend.remainderReportingOverflow(dividingBy: divisor).partialValue)
    case .divideUnsigned: return left / right
    case .remainderUnsigned: return left % right
    case .add, .subtract, .multiply, .and, .or, .xor, .shiftLeft, .shiftRightSigned, .shiftRightUnsigned: return nil
    }
  }
}

extension Comparison {
  /// Whether it holds of two texts that strcmp finds in this order.
  func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .lessSigned, .lessUnsigned: order < 0
    case .lessEqualSigned, .lessEqualUnsigned: order <= 0
    case .greaterSigned, .greaterUnsigned: order > 0
    case .greaterEqualSigned, .greaterEqualUnsigned: order >= 0
    }
  }
}
