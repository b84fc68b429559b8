/// What one firing of a clause sends to the host, and where in the bytes. All integers are little-endian.
///
///     offset  0  u16  kind: 0 data, 1 fault
///             2  u16  1 when the clause was taken up again at its probe's `resumption`, to read what could not be read before; the
///                     time is its probe's all the same
///             4  u32  index of the clause in `Program.clauses`
///             8  u64  CLOCK_MONOTONIC nanoseconds
///            16  u32  cpu
///            20  u32  index of the probe in `Program.probes`
///            24  u32  pid
///            28  u32  tid
///            32  u64  presence of items 0..<64, and so on for every 64 items
///             …       fields, each aligned to its own width
///
/// A fault's body, from offset 32: u32 fault, u32 number of the step within its clause, u64 offending address, or 0 (`Step`).
package struct RecordLayout: Sendable, Hashable {
  package static let headerSize = 32
  package static let faultSize = 48

  package struct Field: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
      case value(Storage)
      /// An index in `Program.symbols`, four bytes.
      case symbol
      /// Raw bytes.
      case bytes(Int)
      /// Return addresses, eight bytes each, innermost first.
      case kernelStack(frames: Int)
      /// The process's id in the first eight bytes, then return addresses.
      case userStack(frames: Int)
    }
    package var kind: Kind
    /// From the start of the record; set by `RecordLayout.init`.
    package fileprivate(set) var offset: Int
    package init(_ kind: Kind) {
      self.kind = kind
      offset = 0
    }
    package var size: Int {
      switch kind {
      case .value(let storage): storage.size
      case .symbol: 4
      case .bytes(let count): count
      case .kernelStack(let frames): frames * 8
      case .userStack(let frames): 8 + frames * 8
      }
    }
    var alignment: Int {
      switch kind {
      case .value(.integer(let width, _)): Int(width.rawValue)
      case .symbol: 4
      case .value(.text), .value(.bytes), .bytes, .kernelStack, .userStack: 8
      }
    }
  }

  /// One action of the clause, in the order of its text.
  package struct Item: Sendable, Hashable {
    package var action: Action
    package var fields: [Field]
    package init(_ action: Action, fields: [Field] = []) {
      self.action = action
      self.fields = fields
    }
  }

  package private(set) var items: [Item]
  /// Bytes of the whole record, a multiple of 8; 0 when the clause records nothing.
  package private(set) var size: Int

  /// Lays the fields out in order.
  package init(_ items: [Item] = []) {
    self.items = items
    guard !items.isEmpty else {
      size = 0
      return
    }
    var offset = Self.headerSize + 8 * ((items.count + 63) / 64)
    for item in self.items.indices {
      for field in self.items[item].fields.indices {
        let alignment = self.items[item].fields[field].alignment
        offset = (offset + alignment - 1) / alignment * alignment
        self.items[item].fields[field].offset = offset
        offset += self.items[item].fields[field].size
      }
    }
    size = (offset + 7) / 8 * 8
  }

  package var isEmpty: Bool { items.isEmpty }

  /// Bytes that the record takes of DTrace's own principal buffer: four for the enabling's number, then each datum aligned to its size
  /// (`dtrace.c`, `dtrace_ecb_resize`), of strings `stringSize` bytes.
  package func principalSize(stringSize: Int) -> Int {
    guard !items.isEmpty else { return 0 }
    var size = 4
    var widest = 4
    for field in items.lazy.flatMap(\.fields) {
      if case .value(.text) = field.kind {
        size += stringSize
        continue
      }
      size = (size + field.alignment - 1) / field.alignment * field.alignment + field.size
      widest = max(widest, field.alignment)
    }
    return (size + widest - 1) / widest * widest
  }

  /// Whether something other than a line of output depends on the record: it must not be lost among many that only print.
  package var controls: Bool { items.contains { $0.action.controls } }
}

/// What the host does with an item. Only `printf` and `printa` look at the format.
package enum Action: Sendable, Hashable {
  case trace
  case printf(format: FormatText)
  /// Prints aggregations; with no format, in the default way.
  case printa([Aggregation.ID], format: FormatText?)
  case stack
  case userStack
  case exit
  case clear(Aggregation.ID)
  /// Keeps the `count` greatest (or, negative, least) entries; the one field holds `count`.
  case truncate(Aggregation.ID)
  case normalize(Aggregation.ID)
  case denormalize(Aggregation.ID)
  /// Names for addresses: the one field is an address (`sym`, `mod`, `func`) or pid and address (`usym` …).
  case symbol(SymbolKind)
  /// The bytes, then how many of them count.
  case tracemem
  /// A packet for a capture file: when (nanoseconds since 1970), how long it is, how much of it is there, its link type, and the bytes.
  case pcap
  /// An address, and the bytes there; shown as a value of the type.
  case print(PrintedType)
  /// A value of `size` bytes, put together from the fields, each at its place: shown as one of the type, or without one as bytes.
  case show(PrintedType?, size: Int, places: [Range<Int>])
  /// An empty clause: only the header line is printed.
  case header
  case speculate, commit, discard
  /// ftruncate(): what the output file holds so far is thrown away.
  case truncateOutput
  /// setopt(): the option's name and, unless it is set without one, its value.
  case setOption
  case system(format: FormatText)
  case freopen(format: FormatText)
  /// finding(): a rule has found something; the fields are its sentence's.
  case finding(format: FormatText)
}

extension Action {
  /// Whether it ends the run or changes what later output is about.
  package var controls: Bool {
    switch self {
    case .exit, .clear, .truncate, .normalize, .denormalize, .commit, .discard, .freopen: true
    default: false
    }
  }
}

package enum SymbolKind: Sendable, Hashable {
  case function, module, address, userFunction, userModule, userAddress

  /// Whether the address is a process's.
  package var isUser: Bool { self == .userFunction || self == .userModule || self == .userAddress }
}

extension Program {
  /// Whether some clause says finding().
  package var finds: Bool {
    clauses.contains { clause in
      clause.record.items.contains { if case .finding = $0.action { true } else { false } }
    }
  }

  /// The functions that some clause calls and only rules have.
  package var functionsOfRules: Set<Function> {
    var called: Set<Function> = []
    for case .call(_, let function, _) in clauses.lazy.flatMap(\.blocks).flatMap(\.steps) where function.isOfRules {
      called.insert(function)
    }
    return called
  }

  /// Whether some clause asks for the kernel's stack or how deep it is.
  package var looksAtKernelStacks: Bool {
    clauses.contains { clause in
      clause.record.items.lazy.flatMap(\.fields).contains { if case .kernelStack = $0.kind { true } else { false } }
        || clause.blocks.lazy.flatMap(\.steps).contains { step in
          switch step {
          case .loadStack(_, _, user: false), .builtin(_, .stackDepth): true
          default: false
          }
        }
    }
  }

  /// Whether something that is printed is an address of a process's code.
  package var namesUserCode: Bool {
    aggregations.contains { $0.key.contains(where: \.isUserCode) }
      || clauses.contains { $0.record.items.contains(where: \.isUserCode) }
  }
}

extension Aggregation.KeyPart {
  fileprivate var isUserCode: Bool {
    switch self {
    case .userStack: true
    case .address(let kind): kind.isUser
    case .value, .symbol, .kernelStack: false
    }
  }
}

extension RecordLayout.Item {
  fileprivate var isUserCode: Bool {
    if fields.contains(where: { if case .userStack = $0.kind { true } else { false } }) { return true }
    switch action {
    case .symbol(let kind): return kind.isUser
    // `%A`
    case .printf(let format), .printa(_, .some(let format)): return format.bytes.contains(UInt8(ascii: "A"))
    default: return false
    }
  }
}

/// Why a clause was ended early; the numbers are DTrace's (`dtrace.h`, DTRACEFLT_*).
package enum Fault: UInt32, Sendable, Hashable, CaseIterable {
  case unknown = 0
  case badAddress = 1
  case badAlignment = 2
  case illegalOperation = 3
  case divideByZero = 4
  case noScratch = 5
  case kernelPrivilege = 6
  case userPrivilege = 7
  case tupleOverflow = 8
  case badStack = 9
  case badSize = 10
  case badIndex = 11
}
