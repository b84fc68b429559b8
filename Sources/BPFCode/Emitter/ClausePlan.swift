import IR

/// Where a clause keeps its integers.
enum Location: Hashable {
  /// One of R6-R9, which calls leave alone.
  case register(MachineRegister)
  case memory(Place)
}

/// A text as a source: where it is, and how many bytes it takes at most with its NUL. Zeros follow up to a multiple of 8.
struct TextSource: Hashable {
  var place: Place
  var capacity: Int
}

/// What is decided about a clause before its steps are emitted.
struct ClausePlan {
  /// Index in `Program.clauses`.
  let number: Int
  let clause: Clause
  let flow: Flow
  let lifetimes: Lifetimes
  private(set) var locations: [Location?]
  private(set) var texts: [Place?]
  /// Where the record is put together; nil when there is none.
  private(set) var record: Place?
  /// The block in which the record's memory is cleared: every way to an item or to the commit goes through it.
  private(set) var recordBlock: Int?

  init(_ clause: Clause, number: Int, frame: inout Frame, constant: (Step) -> Int64?) {
    self.number = number
    self.clause = clause
    flow = Flow(clause)
    lifetimes = Lifetimes(clause, flow, constant: constant)
    locations = [Location?](repeating: nil, count: clause.registers)
    texts = [Place?](repeating: nil, count: clause.texts.count)
    placeIntegers(&frame)
    placeTexts(&frame)
    if !clause.record.isEmpty {
      let recording = clause.blocks.indices.filter { index in
        flow.reachable[index]
          && (clause.blocks[index].end == .commit || clause.blocks[index].steps.contains(where: \.records))
      }
      recordBlock = flow.commonDominator(Set(recording))
      if recordBlock != nil { record = frame.object(clause.record.size, onStackUpTo: 128) }
    }
  }

  /// Linear scan: registers in the order of their first step; when none is free, what lives longest goes to memory.
  private mutating func placeIntegers(_ frame: inout Frame) {
    let fused = Set(
      lifetimes.fusedBranches.compactMap { index -> Int? in
        if case .branch(let register, _, _) = clause.blocks[index].end { register.index } else { nil }
      })
    let living = lifetimes.integers.enumerated()
      .compactMap { index, range in range.map { (index: index, range: $0) } }
      .filter { lifetimes.constantIntegers[$0.index] == nil && !fused.contains($0.index) }
      .sorted { ($0.range.lowerBound, $0.index) < ($1.range.lowerBound, $1.index) }
    var active: [(index: Int, range: ClosedRange<Int>, register: MachineRegister)] = []
    var free: [MachineRegister] = [.r9, .r8, .r7, .r6]
    var spilled: [(index: Int, range: ClosedRange<Int>)] = []
    for (index, range) in living {
      // A step reads all it needs before it writes, so what ends where another begins may give it its place.
      for ended in active where ended.range.upperBound <= range.lowerBound { free.append(ended.register) }
      active.removeAll { $0.range.upperBound <= range.lowerBound }
      if let register = free.popLast() {
        active.append((index, range, register))
        locations[index] = .register(register)
        continue
      }
      let longest = active.indices.max { active[$0].range.upperBound < active[$1].range.upperBound }
      if let longest, active[longest].range.upperBound > range.upperBound {
        spilled.append((active[longest].index, active[longest].range))
        locations[index] = .register(active[longest].register)
        active[longest] = (index, range, active[longest].register)
      } else {
        spilled.append((index, range))
      }
    }
    placeInMemory(spilled, &frame)
  }

  /// What did not get a machine's register: those that live one after the other share a place.
  private mutating func placeInMemory(_ spilled: [(index: Int, range: ClosedRange<Int>)], _ frame: inout Frame) {
    var places: [(place: Place, end: Int)] = []
    for (index, range) in spilled.sorted(by: { ($0.range.lowerBound, $0.index) < ($1.range.lowerBound, $1.index) }) {
      if let reused = places.firstIndex(where: { $0.end <= range.lowerBound }) {
        places[reused].end = range.upperBound
        locations[index] = .memory(places[reused].place)
      } else {
        let place = frame.register()
        places.append((place, range.upperBound))
        locations[index] = .memory(place)
      }
    }
  }

  /// Texts that live at the same time lie apart; others may share memory. Small ones are on the stack, for the whole clause.
  private mutating func placeTexts(_ frame: inout Frame) {
    let living = lifetimes.texts.enumerated()
      .compactMap { index, range in range.map { (index: index, range: $0) } }
      .filter { lifetimes.constantTexts[$0.index] == nil }
      .sorted { ($0.range.lowerBound, $0.index) < ($1.range.lowerBound, $1.index) }
    var pool: [(place: Place, size: Int, end: Int)] = []
    for (index, range) in living {
      let size = (clause.texts[index] + 7) / 8 * 8
      if let reused = pool.firstIndex(where: { $0.size == size && $0.end < range.lowerBound }) {
        pool[reused].end = range.upperBound
        texts[index] = pool[reused].place
      } else {
        let place = frame.object(size, onStackUpTo: 32)
        pool.append((place, size, range.upperBound))
        texts[index] = place
      }
    }
  }
}

extension Step {
  /// Whether it writes to the record.
  var records: Bool {
    switch self {
    case .happened, .record, .recordBytes, .recordStack: true
    default: false
    }
  }
}
