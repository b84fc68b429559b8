import IR

/// Memory that emitted code can name without a computation of its own.
enum Place: Hashable {
  /// From the frame pointer: negative.
  case stack(Int)
  /// In this firing's scratch memory.
  case scratch(Int)
  /// In the read-only value.
  case constant(Int)
  /// In the value of the globals.
  case global(Int)
  /// From an address in a machine register.
  case pointer(MachineRegister, Int)

  func advanced(by bytes: Int) -> Place {
    switch self {
    case .stack(let offset): .stack(offset + bytes)
    case .scratch(let offset): .scratch(offset + bytes)
    case .constant(let offset): .constant(offset + bytes)
    case .global(let offset): .global(offset + bytes)
    case .pointer(let register, let offset): .pointer(register, offset + bytes)
    }
  }
}

/// A program's stack, and the scratch memory behind them.
///
///     -8   the context's address            -32  the timestamp, 0 while it was not taken
///     -16  the scratch's address, or 0      -40  the fault's number
///     -24  the selector                     -48  the fault's value
///     -56  the current task's address, 0 while it was not asked for
///     -64  the address of the thread's variables, 0 while it was not asked for or the thread has none
///     -72  the address of the array's element that was looked up last
///     where the program has ERROR clauses: -80 the fault's number, -88 its value, -96 which pair of probe and clause faulted,
///     -104 the scratch's address of the firing that was interrupted
///     then the clause's registers, small texts, its record if it is small, and what a step needs while it is done
struct Frame {
  static let context = -8
  static let scratch = -16
  static let selector = -24
  static let timestamp = -32
  static let faultCode = -40
  static let faultValue = -48

  static let task = -56
  static let threadVariables = -64
  static let element = -72

  /// What is left of the kernel's 512 bytes when a loop's body has its own frame.
  static let size = 480
  static let errorFault = -80
  static let errorValue = -88
  static let errorProbe = -96
  static let interruptedScratch = -104

  /// Registers may fill the stack down to here, then texts and the record down to the second mark; the rest is for steps.
  private static let registerLimit = 304
  private static let objectLimit = 384

  private(set) var stackDepth: Int
  private(set) var scratchDepth: Int
  /// The deepest the scratch was used.
  private(set) var scratchPeak: Int

  init(scratchStart: Int, hasErrorClauses: Bool) {
    stackDepth = hasErrorClauses ? 104 : 72
    scratchDepth = scratchStart
    scratchPeak = scratchStart
  }

  /// Eight bytes for a register.
  mutating func register() -> Place {
    if stackDepth + 8 <= Self.registerLimit { return stack(8) }
    return scratch(8)
  }

  /// Room for the whole clause; on the stack when it is small.
  mutating func object(_ size: Int, onStackUpTo limit: Int) -> Place {
    if size <= limit, stackDepth + size <= Self.objectLimit { return stack(size) }
    return scratch(size)
  }

  /// Room until `release` of a mark taken before.
  mutating func transient(_ size: Int) -> Place {
    if size <= 64, stackDepth + size + 7 <= Self.size { return stack(size) }
    return scratch(size)
  }

  /// Room on the stack until `release`; nil when the stack is full.
  mutating func transientStack(_ size: Int) -> Place? {
    stackDepth + size + 7 <= Self.size ? stack(size) : nil
  }

  mutating func scratch(_ size: Int) -> Place {
    let offset = scratchDepth
    scratchDepth += (size + 7) / 8 * 8
    scratchPeak = max(scratchPeak, scratchDepth)
    return .scratch(offset)
  }

  private mutating func stack(_ size: Int) -> Place {
    stackDepth += (size + 7) / 8 * 8
    return .stack(-stackDepth)
  }

  /// How much was in use at a moment.
  struct Mark {
    fileprivate let stackDepth: Int
    fileprivate let scratchDepth: Int
  }

  var mark: Mark { Mark(stackDepth: stackDepth, scratchDepth: scratchDepth) }

  mutating func release(to mark: Mark) {
    stackDepth = mark.stackDepth
    scratchDepth = mark.scratchDepth
  }
}
