/// A compiled D program, for either engine. It knows no D and no BTF: widths, signs, layouts.
package struct Program: Sendable {
  /// The engines' bounds, from the options.
  package struct Limits: Sendable, Hashable {
    /// Bytes of a string, its NUL included (`strsize`).
    package var stringSize = 256
    /// Bytes of scratch memory per firing (`scratchsize`).
    package var scratchSize = 8192
    /// The most frames that a stack's depth tells of (`maxframes`).
    package var frames = 127
    /// Entries of each associative array.
    package var arrayEntries = 16_384
    /// Bytes that the elements of one may have (`dynvarsize`).
    package var arrayMemory = 64 << 20
    /// Entries of each aggregation.
    package var aggregationEntries = 16_384
    /// Bytes of the buffer between kernel and host, a power of two.
    package var bufferSize = 4 << 20
    /// How many speculations may be under way at once (`nspec`), at most `mostSpeculations`.
    package var speculations = 1
    /// Bytes that one speculation may hold (`specsize`).
    package var speculationSize = 4 << 20
    /// A speculation's number takes 16 bits of its ticket.
    package static let mostSpeculations = 65_535
    package init() {}
  }

  package var limits = Limits()
  /// Interned names: of probes' parts and whatever else is keyed by number.
  package var symbols: [String] = []
  package var probes: [EnabledProbe] = []
  package var variables: [Variable] = []
  package var arrays: [AssociativeArray] = []
  package var aggregations: [Aggregation] = []
  /// In the order of the program's text: clauses of one firing run in this order.
  package var clauses: [Clause] = []
  package init() {}
}

/// A probe that some clause is bound to.
package struct EnabledProbe: Sendable, Hashable {
  package typealias Index = Int
  /// The number that dtrace prints as the probe's ID.
  package var id: UInt32
  /// Indices in `Program.symbols`, by `ProbePart`.
  package var parts: [Int]
  /// Where it fires.
  package var hook: Hook
  /// What tells this probe from the others of the same hook: `ctx[word] == value` (a system call's number), if anything.
  package var selector: Selector?
  /// Where the same firing can be taken up again with the same context words 0, selector and thread: what could not be read of the
  /// process's memory may be read there (`Clause.rereadable`). The return of a system call, for its entry.
  package var resumption: Hook?
  /// Where in a program's or library's file it is, for a probe in the code of a process.
  package var place: UserPlace?

  package struct Selector: Sendable, Hashable {
    package var value: Int64
    package init(value: Int64) { self.value = value }
  }

  package init(
    id: UInt32, parts: [Int], hook: Hook, selector: Selector? = nil, resumption: Hook? = nil,
    place: UserPlace? = nil
  ) {
    self.id = id
    self.parts = parts
    self.hook = hook
    self.selector = selector
    self.resumption = resumption
    self.place = place
  }
}

/// A place where the engine gets control. Probes that share a hook share one attached program.
package enum Hook: Sendable, Hashable {
  /// The start, the end and the faults of the run itself.
  case begin, end, error
  /// A BTF tracepoint by its name, `sys_enter`. Context words are its arguments.
  /// `selector` is how a probe's number is found, when several probes share the hook.
  case tracepoint(String, selector: SelectorSource?)
  /// Fires on every CPU, `period` nanoseconds apart.
  case profile(period: UInt64)
  /// Fires on one CPU, `period` nanoseconds apart.
  case tick(period: UInt64)
  /// Fires on every CPU for each so many of what is counted there.
  case counter(Counter)
  /// Fires for each object of a kernel iterator, `task_file`, when the host reads it. Context words are the members of its
  /// `struct bpf_iter__NAME`; pointers among them may be null.
  case iterator(String)
  /// Fires where the code of processes comes by one of the probes' places, or at the return of the function that begins there. Context
  /// words are the registers, as `struct pt_regs` has them; the selector is the cookie that a place was attached with.
  case userCode(isReturn: Bool)
  /// A kernel tracepoint by its group and name, as tracefs has them. The context is the event's record (`Builtin.context`).
  case traceEvent(group: String, name: String)
  /// Fires in the host for each captured frame.
  case packet
  /// Fires in the host for each event that the kernel told or a recording holds.
  case event
}

/// A place in the code of processes.
package struct UserPlace: Sendable, Hashable {
  /// The file that is mapped.
  package var path: String
  /// Bytes from the file's first.
  package var offset: UInt64
  /// The process; 0 for every one that maps the file.
  package var pid: UInt32
  /// Where the file has a counter of those who listen there, which the kernel keeps; 0 where it has none.
  package var semaphore: UInt64
  package init(path: String, offset: UInt64, pid: UInt32, semaphore: UInt64 = 0) {
    self.path = path
    self.offset = offset
    self.pid = pid
    self.semaphore = semaphore
  }
}

/// Where the number lies that selects a probe among those of one hook.
package enum SelectorSource: Sendable, Hashable {
  /// A context word is the number itself: `sys_enter(regs, id)` has it in word 1.
  case word(Int)
  /// A context word points to a structure that holds it: `sys_exit(regs, ret)` has `orig_ax` in `struct pt_regs`.
  case field(word: Int, offset: Int, Width)
}

/// One clause bound to the probes of one hook.
package struct Clause: Sendable {
  /// The clause's number in the D text; lowered once for each hook it is bound to.
  package var number: Int
  /// Its number where each of the probe descriptions counts as a clause: what dtrace's messages have.
  package var ordinal: Int
  package var probes: [EnabledProbe.Index]
  /// Bytes of each text register, the NUL included.
  package var texts: [Int]
  /// How many integer registers are used.
  package var registers: Int
  /// The predicate and the body; starts at block 0. A predicate that fails ends in `.discard`.
  package var blocks: [Block]
  package var record: RecordLayout
  /// Places in the D text, as byte offsets; `Block.origins` points here.
  package var origins: [Range<Int>]

  package init(
    number: Int, ordinal: Int? = nil, probes: [EnabledProbe.Index], texts: [Int] = [], registers: Int = 0,
    blocks: [Block], record: RecordLayout = RecordLayout(), origins: [Range<Int>] = []
  ) {
    self.number = number
    self.ordinal = ordinal ?? number
    self.probes = probes
    self.texts = texts
    self.registers = registers
    self.blocks = blocks
    self.record = record
    self.origins = origins
  }
}

/// How a value is kept.
package enum Storage: Sendable, Hashable {
  case integer(Width, signed: Bool)
  /// NUL-bounded, this many bytes with the NUL.
  case text(Int)
  /// A structure, a union or an array, by value: this many bytes. Not in a key.
  case bytes(Int)

  /// Bytes in a key, a value or a record; integers are aligned to their width.
  package var size: Int {
    switch self {
    case .integer(let width, _): Int(width.rawValue)
    case .text(let capacity): capacity
    case .bytes(let count): count
    }
  }
}

package struct Variable: Sendable, Hashable {
  package typealias ID = Int
  /// The name, which no D program can use, of the variable that says that exit() was called.
  package static let exited = "exit()"
  package enum Scope: Sendable, Hashable {
    case global
    /// `self->`: one per thread, gone with it.
    case thread
    /// `this->`: one per firing, shared by its clauses.
    case clause
  }
  package var name: String
  package var scope: Scope
  package var storage: Storage
  package init(name: String, scope: Scope, storage: Storage) {
    self.name = name
    self.scope = scope
    self.storage = storage
  }
}

package struct AssociativeArray: Sendable, Hashable {
  package typealias ID = Int
  package var name: String
  /// Whether each thread has its own (`self->x[…]`).
  package var perThread: Bool
  package var key: [Storage]
  package var value: Storage
  package init(name: String, perThread: Bool, key: [Storage], value: Storage) {
    self.name = name
    self.perThread = perThread
    self.key = key
    self.value = value
  }
}

extension AssociativeArray {
  /// Bytes of an element: its key, a link and its value.
  package var leastMemory: Int { KeyLayout(key, perThread: perThread).size + 8 + value.size }
}

extension Program {
  /// How many elements an array may have: as many as the limit says, of large keys or values what there is memory for.
  package func entryLimit(of id: AssociativeArray.ID) -> Int {
    max(1, min(limits.arrayEntries, limits.arrayMemory / arrays[id].leastMemory))
  }
}

package struct Aggregation: Sendable, Hashable {
  package typealias ID = Int
  package enum Function: Sendable, Hashable {
    case count, sum, average, minimum, maximum, standardDeviation
    /// Powers of two; 127 buckets: 63 negative, zero, 63 positive.
    case quantize
    /// `levels + 2` buckets: below `low`, each `step`, at or above the end.
    case linear(low: Int64, high: Int64, step: Int64)
    case logLinear(factor: Int64, low: Int64, high: Int64, steps: Int64)
  }
  /// What a key element is, for printing: symbols are kept as 4-byte indices and print as names.
  package enum KeyPart: Sendable, Hashable {
    case value(Storage)
    case symbol
    /// Return addresses, and of the process's stack the process's id before them: as many integers of 8 bytes.
    case kernelStack(frames: Int)
    case userStack(frames: Int)
    /// An address, or a process's id and an address, that prints as a name; integers of 8 bytes.
    case address(SymbolKind)

    /// What an engine keeps of it: one operand each.
    package var storages: [Storage] {
      switch self {
      case .value(let storage): [storage]
      case .symbol: [.integer(.double, signed: false)]
      case .kernelStack(let frames): [Storage](repeating: .integer(.double, signed: false), count: frames)
      case .userStack(let frames): [Storage](repeating: .integer(.double, signed: false), count: frames + 1)
      case .address(let kind): [Storage](repeating: .integer(.double, signed: false), count: kind.isUser ? 2 : 1)
      }
    }
  }
  package var name: String
  package var function: Function
  package var key: [KeyPart]
  /// True when the datum is a signed number (prints signed).
  package var signed: Bool
  /// How many keys it holds at most; nil for `Limits.aggregationEntries`.
  package var limit: Int?
  package init(name: String, function: Function, key: [KeyPart], signed: Bool = true) {
    self.name = name
    self.function = function
    self.key = key
    self.signed = signed
  }
}
