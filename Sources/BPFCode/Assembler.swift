// Instructions with labels and map references, to words. Before cpu v4 (kernel 6.6) a jump reaches 16 bits, so a far
// one is led over islands: jumps to the same place that stand within its reach.

/// Collects a program's instructions; labels may be used before they are placed.
package struct Assembler: Sendable {
  /// A place in the program that jumps can name.
  package struct Label: Sendable, Hashable {
    fileprivate let index: Int
  }

  /// Why a program has no words.
  package enum Failure: Error, Hashable, Sendable {
    /// A label that jumps name was never placed.
    case unplacedLabel
    /// A backward jump over this many instructions: loops are to be short.
    case loopTooLong(Int)
    /// The kernel takes a million instructions.
    case programTooLong(Int)
  }

  private enum Content: Sendable {
    case word(Instruction)
    case wide(Instruction, Instruction)
    case map(MachineRegister, map: Int, valueOffset: Int?)
    /// The address of a function in this program.
    case function(MachineRegister, Label)
    case jump(Instruction, Label)
    case label(Label)

    var count: Int {
      switch self {
      case .word, .jump: 1
      case .wide, .map, .function: 2
      case .label: 0
      }
    }
  }

  private struct Entry: Sendable {
    var content: Content
    var origin: Range<Int>?
  }

  private var entries: [Entry] = []
  /// Functions that the program calls, which stand behind it, and those that are there already, by what they do.
  private var functions: [Entry] = []
  private var known: [String: Label] = [:]
  private var interrupted: [Entry]?
  private var labels = 0
  /// The maps that the program refers to.
  private(set) var maps: Set<Int> = []
  /// The D text that what follows comes from.
  package var origin: Range<Int>?

  package init() {}

  /// How many entries there are, for a look at what was emitted between two moments.
  package var count: Int { entries.count }

  package mutating func makeLabel() -> Label {
    labels += 1
    return Label(index: labels - 1)
  }

  package mutating func place(_ label: Label) { add(.label(label)) }

  package mutating func emit(_ instruction: Instruction) { add(.word(instruction)) }

  /// `destination = value`, in one word where the value's sign extension allows, else in two.
  package mutating func constant(_ destination: MachineRegister, _ value: Int64) {
    if let short = Int32(exactly: value) {
      emit(.arithmetic(.move, destination, .immediate(short)))
    } else {
      let words = Instruction.wide(destination, UInt64(bitPattern: value))
      add(.wide(words[0], words[1]))
    }
  }

  /// `destination = map`, or the address of its single value plus `valueOffset`.
  package mutating func map(_ destination: MachineRegister, _ map: Int, valueOffset: Int? = nil) {
    maps.insert(map)
    add(.map(destination, map: map, valueOffset: valueOffset))
  }

  /// `destination = function`, for helpers that call one.
  package mutating func function(_ destination: MachineRegister, _ label: Label) { add(.function(destination, label)) }

  /// The function that does what `key` says, if there is one.
  package func function(_ key: String) -> Label? { known[key] }

  /// What is emitted from here to `endFunction` is a function of its own. Functions do not stand in each other.
  package mutating func beginFunction(_ key: String) -> Label {
    let label = makeLabel()
    known[key] = label
    interrupted = entries
    entries = []
    place(label)
    return label
  }

  package mutating func endFunction() {
    functions += entries
    entries = interrupted ?? []
    interrupted = nil
  }

  package mutating func jump(to label: Label) { add(.jump(.jump(), label)) }

  package mutating func jump(
    _ condition: JumpCondition, _ left: MachineRegister, _ right: MachineOperand, to label: Label
  ) {
    add(.jump(.jump(condition, left, right), label))
  }

  private mutating func add(_ content: Content) { entries.append(Entry(content: content, origin: origin)) }

  /// The words, with jumps resolved.
  package func assemble() throws(Failure) -> (
    instructions: [Instruction], references: [ProgramSpec.MapReference], origins: [Range<Int>?]
  ) {
    var reachable = self
    reachable.entries += functions
    // What was left out may have been all that stood between a jump and where it leads.
    var before = 0
    repeat {
      before = reachable.count
      reachable.removeUnreachable()
    } while reachable.count < before
    try reachable.bridgeFarJumps()
    return try reachable.words()
  }

  // MARK: Unreachable code

  /// The verifier refuses instructions that nothing leads to. Jumps to what follows anyway go too.
  private mutating func removeUnreachable() {
    var targets: Set<Label> = []
    var kept: [Entry] = []
    kept.reserveCapacity(entries.count)
    var reached = true
    for (index, entry) in entries.enumerated() {
      if case .label(let label) = entry.content {
        // A loop's label is reached from above before it is jumped to from below.
        reached = reached || targets.contains(label)
        kept.append(entry)
        continue
      }
      guard reached else { continue }
      switch entry.content {
      case .jump(let instruction, let label):
        let always = instruction.opcode == Instruction.jump().opcode
        if always, isNext(label, after: index) { continue }
        targets.insert(label)
        reached = !always
      case .word(.exit): reached = false
      case .function(_, let label): targets.insert(label)
      default: break
      }
      kept.append(entry)
    }
    entries = kept
  }

  private func isNext(_ label: Label, after index: Int) -> Bool {
    for entry in entries[(index + 1)...] {
      guard case .label(let placed) = entry.content else { return false }
      if placed == label { return true }
    }
    return false
  }

  // MARK: Words

  private func words() throws(Failure) -> (
    instructions: [Instruction], references: [ProgramSpec.MapReference], origins: [Range<Int>?]
  ) {
    let places = placement()
    var instructions: [Instruction] = []
    var references: [ProgramSpec.MapReference] = []
    var origins: [Range<Int>?] = []
    for entry in entries {
      switch entry.content {
      case .label: continue
      case .word(let instruction): instructions.append(instruction)
      case .wide(let first, let second): instructions += [first, second]
      case .map(let register, let map, let valueOffset):
        references.append(.init(instruction: instructions.count, map: map, valueOffset: valueOffset))
        instructions += Instruction.wide(register, 0)
      case .function(let register, let label):
        guard let target = places.labels[label.index] else { throw .unplacedLabel }
        var words = Instruction.wide(register, UInt64(UInt32(bitPattern: Int32(target - instructions.count - 1))))
        // BPF_PSEUDO_FUNC
        words[0].word |= 4 << 12
        instructions += words
      case .jump(let instruction, let label):
        guard let target = places.labels[label.index] else { throw .unplacedLabel }
        guard let offset = Int16(exactly: target - instructions.count - 1) else {
          throw .loopTooLong(instructions.count - target)
        }
        var resolved = instruction
        resolved.word |= UInt64(UInt16(bitPattern: offset)) << 16
        instructions.append(resolved)
      }
      while origins.count < instructions.count { origins.append(entry.origin) }
    }
    guard instructions.count <= 1_000_000 else { throw .programTooLong(instructions.count) }
    return (instructions, references, origins)
  }

  /// The instruction number of each entry and of each label.
  private func placement() -> (entries: [Int], labels: [Int?]) {
    var starts: [Int] = []
    starts.reserveCapacity(entries.count)
    var places = [Int?](repeating: nil, count: labels)
    var position = 0
    for entry in entries {
      starts.append(position)
      if case .label(let label) = entry.content { places[label.index] = position }
      position += entry.content.count
    }
    return (starts, places)
  }

  // MARK: Islands

  /// A jump that leads farther needs an island. A jump reaches 32,767 instructions, but the verifier puts more in after it has
  /// read them (divisions' checks, helpers in line) and refuses the program when a jump then no longer reaches.
  private static let reach = 12_000
  /// An island stands this far behind the first jump that needs it: what is inserted later in between must still fit.
  private static let islandDistance = 10_000

  private mutating func bridgeFarJumps() throws(Failure) {
    // Each round builds one island, which at least one jump reaches for good; an island's own jump may need the next.
    for _ in 0..<1000 {
      let places = placement()
      guard let first = try firstFarJump(places) else { return }
      let start = places.entries[first.entry]
      let site = entries.indices.last { places.entries[$0] <= start + Self.islandDistance } ?? first.entry
      let island = makeLabel()
      let beyond = makeLabel()
      for index in entries.indices where places.entries[index] >= start && index < site {
        guard case .jump(let instruction, first.target) = entries[index].content else { continue }
        entries[index].content = .jump(instruction, island)
      }
      let inserted: [Content] = [
        .jump(.jump(), beyond), .label(island), .jump(.jump(), first.target), .label(beyond),
      ]
      entries.insert(contentsOf: inserted.map { Entry(content: $0, origin: nil) }, at: site)
    }
    throw .programTooLong(placement().entries.last ?? 0)
  }

  private func firstFarJump(_ places: (entries: [Int], labels: [Int?])) throws(Failure) -> (entry: Int, target: Label)?
  {
    for (index, entry) in entries.enumerated() {
      guard case .jump(_, let label) = entry.content else { continue }
      guard let target = places.labels[label.index] else { throw .unplacedLabel }
      let distance = target - places.entries[index] - 1
      if distance < Int(Int16.min) { throw .loopTooLong(-distance) }
      if distance > Self.reach { return (index, label) }
    }
    return nil
  }
}
