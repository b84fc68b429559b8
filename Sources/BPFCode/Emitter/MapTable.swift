import IR

/// The maps of the object being emitted: made when a program first needs them; the constants and the scratch grow as they are used.
struct MapTable {
  private(set) var maps: [MapSpec] = []
  private(set) var roles = EmittedObject.Roles()
  /// Bytes of the read-only value: texts, tables, zeros.
  private var constants: [UInt8] = []
  private var interned: [[UInt8]: Int] = [:]
  private var constantsMap: Int?
  private var scratchMap: Int?
  private var resumptionsMap: Int?
  private var clocksMap: Int?
  /// Bytes of a firing's scratch memory so far.
  private(set) var scratchSize = 0
  /// Whether that is more than a per-CPU value may have.
  let hasLargeScratch: Bool
  private let program: Program
  private let reachedByInterrupts: (aggregations: Set<Aggregation.ID>, arrays: Set<AssociativeArray.ID>)

  /// Aggregations that share a map (`SharedMaps.swift`), and those maps.
  private let shapes: [Aggregation.ID: SharedShape]
  private var sharedMaps: [SharedShape: Int] = [:]

  /// Arrays whose elements may be set where they lie.
  let arraysOnlyAddedTo: Set<AssociativeArray.ID>

  /// Firings on one CPU that may be under way at once, each interrupting the one before.
  static let nestingLevels = 4
  /// BPF_F_MMAPABLE (5.5): the host may read and write the value in place.
  private static let mappable: UInt32 = 1024

  /// What a per-CPU value may have (PCPU_MIN_UNIT_SIZE), and what is given to firings that need more, for each level of each CPU.
  static let scratchLimit = 32 << 10
  static let largeScratchLimit = 4 << 20

  init(_ program: Program, _ options: EmitterOptions, hasLargeScratch: Bool) {
    self.program = program
    self.hasLargeScratch = hasLargeScratch
    arraysOnlyAddedTo = program.arraysOnlyAddedTo()
    reachedByInterrupts = program.reachedByInterrupts()
    shapes = program.sharedAggregations(above: options.mapsOfClause)
    let ringSize = max(4096, program.limits.bufferSize)
    roles.records = add(MapSpec(name: "records", kind: .ringBuffer, keySize: 0, valueSize: 0, maxEntries: ringSize))
    roles.drops = add(
      MapSpec(
        name: "drops", kind: .perCPUArray, keySize: 4,
        valueSize: EmittedObject.Drop.offset(of: program.arrays.count), maxEntries: 1))
  }

  /// Bytes of the ring up to which records may fill it that do no more than print; the rest is for those that end the run or change what
  /// later output is about. Nil where the program has none of these.
  var limitOfPlainRecords: Int? {
    let controls = program.clauses.map(\.record).filter(\.controls).map(\.size)
    guard let largest = controls.max() else { return nil }
    let size = maps[roles.records].maxEntries
    return size - min(size / 2, max(size / 8, largest * 16))
  }

  private mutating func add(_ map: MapSpec) -> Int {
    maps.append(map)
    return maps.count - 1
  }

  /// The maps, with the sizes and the contents that are known only now.
  func finished() throws(EmitterError) -> [MapSpec] {
    var finished = maps
    if let constantsMap {
      finished[constantsMap].valueSize = constants.count
      finished[constantsMap].contents = [.init(key: [0, 0, 0, 0], value: constants)]
    }
    if let scratchMap {
      let limit = hasLargeScratch ? Self.largeScratchLimit : Self.scratchLimit
      guard scratchSize <= limit else { throw .scratchExceeded(bytes: scratchSize, limit: limit) }
      finished[scratchMap].valueSize = scratchSize
    }
    return finished
  }

  // MARK: Constants

  /// Where `bytes` are in the read-only value, on a multiple of 8 and with zeros behind up to the next.
  mutating func constant(_ bytes: [UInt8]) -> Int {
    if let offset = interned[bytes] { return offset }
    let offset = constants.count
    constants += bytes
    while constants.count % 8 != 0 { constants.append(0) }
    interned[bytes] = offset
    return offset
  }

  /// Eight bytes of the read-only value as a little-endian number; zero beyond its end.
  func constantWord(at offset: Int) -> Int64 {
    guard constants.indices.contains(offset + 7) else { return 0 }
    return (0..<8).reduce(0) { $0 | Int64(constants[offset + $1]) << (8 * Int64($1)) }
  }

  /// Where `count` zero bytes are.
  mutating func zeros(_ count: Int) -> Int { constant([UInt8](repeating: 0, count: (count + 7) / 8 * 8)) }

  /// The map with the read-only value.
  mutating func constantsIndex() -> Int {
    if let constantsMap { return constantsMap }
    // BPF_F_RDONLY_PROG
    let index = add(
      MapSpec(name: "constants", kind: .array, keySize: 4, valueSize: 8, maxEntries: 1, flags: 128, frozen: true))
    constantsMap = index
    return index
  }

  // MARK: Scratch

  /// The memory of firings: per CPU, one value a level. What is too large for that is a plain array, with the CPU in its index: a program
  /// stays on its CPU while it runs.
  mutating func scratchIndex() -> Int {
    if let scratchMap { return scratchMap }
    var spec = MapSpec(name: "scratch", kind: .perCPUArray, keySize: 4, valueSize: 8, maxEntries: Self.nestingLevels)
    if hasLargeScratch { (spec.kind, spec.perProcessor) = (.array, true) }
    let index = add(spec)
    scratchMap = index
    return index
  }

  mutating func needScratch(_ size: Int) { scratchSize = max(scratchSize, (size + 7) / 8 * 8) }

  // MARK: Segments

  /// The programs that a hook's firings go on in, by tail calls (`Segments.swift`); filled by `setSegments`.
  mutating func addSegments(_ name: String) -> Int {
    add(MapSpec(name: name, kind: .programArray, keySize: 4, valueSize: 4, maxEntries: 1))
  }

  /// Element `n` of the program array leads to the program in that place of the object's list.
  mutating func setSegments(_ map: Int, to places: [Int]) {
    func bytes(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    maps[map].maxEntries = max(1, places.count)
    maps[map].contents = places.enumerated().map { .init(key: bytes($0.offset), value: bytes($0.element)) }
  }

  // MARK: Variables

  mutating func clockIndex() -> Int {
    if let clock = roles.clock { return clock }
    let index = add(MapSpec(name: "clock", kind: .array, keySize: 4, valueSize: 8, maxEntries: 1, flags: Self.mappable))
    roles.clock = index
    return index
  }

  mutating func globalsIndex(_ layout: VariableLayout) -> Int {
    if let globals = roles.globals { return globals }
    let index = add(
      MapSpec(
        name: "globals", kind: .array, keySize: 4, valueSize: max(8, layout.globalSize), maxEntries: 1,
        flags: Self.mappable))
    roles.globals = index
    for (id, variable) in program.variables.enumerated() where variable.scope == .global {
      roles.globalOffsets[id] = layout.offsets[id]
    }
    return index
  }

  mutating func threadsIndex(_ layout: VariableLayout) throws(EmitterError) -> Int {
    if let threads = roles.threads { return threads }
    // A little less than the 64 KiB of BPF_LOCAL_STORAGE_MAX_VALUE_SIZE.
    if layout.threadSize > 65_000 { throw .mapTooLarge("self->", bytes: layout.threadSize) }
    // BPF_F_NO_PREALLOC, which task storage demands.
    let index = add(
      MapSpec(
        name: "threads", kind: .taskStorage, keySize: 4, valueSize: max(8, layout.threadSize), maxEntries: 0, flags: 1))
    roles.threads = index
    return index
  }

  /// How many speculations there are.
  var speculationCount: Int { max(1, min(program.limits.speculations, Program.Limits.mostSpeculations)) }

  /// The states of the speculations.
  mutating func speculationsIndex() -> Int {
    if let speculations = roles.speculations { return speculations.states }
    let states = add(
      MapSpec(
        name: "speculations", kind: .array, keySize: 4, valueSize: EmittedObject.SpeculationState.size,
        maxEntries: speculationCount + 1, flags: Self.mappable))
    let numbers = (1...speculationCount).map { number in
      MapSpec.Entry(key: [], value: (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }
    let free = add(
      MapSpec(
        name: "free_specs", kind: .queue, keySize: 0, valueSize: 4, maxEntries: speculationCount, contents: numbers))
    roles.speculations = .init(states: states, free: free)
    return states
  }

  /// The queue of the free ones' numbers.
  mutating func freeSpeculationsIndex() -> Int {
    _ = speculationsIndex()
    return roles.speculations?.free ?? 0
  }

  /// A new element of the map with what is kept for each clock.
  mutating func addClockState() -> (map: Int, index: Int) {
    let index =
      clocksMap
      ?? add(
        MapSpec(
          name: "clocks", kind: .perCPUArray, keySize: 4, valueSize: HookEmitter.ClockState.size, maxEntries: 0))
    clocksMap = index
    maps[index].maxEntries += 1
    return (index, maps[index].maxEntries - 1)
  }

  /// How many threads have a postponed firing.
  mutating func postponedIndex() -> Int {
    if let postponed = roles.postponed { return postponed }
    let index = add(
      MapSpec(name: "postponed", kind: .array, keySize: 4, valueSize: 8, maxEntries: 1, flags: Self.mappable))
    roles.postponed = index
    return index
  }

  /// What is postponed for each thread, in task storage.
  mutating func resumptionsIndex() -> Int {
    if let resumptionsMap { return resumptionsMap }
    let index = add(
      MapSpec(
        name: "resumptions", kind: .taskStorage, keySize: 4, valueSize: Postponement.size, maxEntries: 0, flags: 1))
    resumptionsMap = index
    return index
  }

  mutating func arrayIndex(_ id: AssociativeArray.ID) throws(EmitterError) -> Int {
    if let index = roles.arrays[id] { return index }
    let array = program.arrays[id]
    let keySize = KeyLayout(array.key, perThread: array.perThread).size
    let valueSize = (array.value.size + 7) / 8 * 8
    try check(array.name, keySize: keySize, valueSize: valueSize, isPerCPU: false)
    let index = add(
      MapSpec(
        name: "array_\(id)", kind: .hash, keySize: max(8, keySize), valueSize: valueSize,
        maxEntries: program.entryLimit(of: id),
        flags: reachedByInterrupts.arrays.contains(id) ? 0 : 1))
    roles.arrays[id] = index
    return index
  }

  mutating func aggregation(_ id: Aggregation.ID) throws(EmitterError) -> EmittedObject.AggregationMap {
    if let known = roles.aggregations[id] { return known }
    let aggregation = program.aggregations[id]
    let keySize = KeyLayout(aggregation).size
    var valueSize = aggregation.function.words * 8
    try check("@\(aggregation.name)", keySize: keySize, valueSize: valueSize, isPerCPU: true)
    let map: EmittedObject.AggregationMap
    if let shape = shapes[id] {
      map = .shared(sharedIndex(shape))
    } else if keySize == 0 {
      valueSize += 8
      map = .single(add(.init(name: "agg_\(id)", kind: .perCPUArray, keySize: 4, valueSize: valueSize, maxEntries: 1)))
    } else if aggregation.isCountedBySymbol, program.symbols.count <= 4096 {
      valueSize += 8
      map = .symbols(
        add(
          .init(
            name: "agg_\(id)", kind: .perCPUArray, keySize: 4, valueSize: valueSize,
            maxEntries: max(1, program.symbols.count))))
    } else {
      map = .hash(
        add(
          .init(
            name: "agg_\(id)", kind: .perCPUHash, keySize: keySize, valueSize: valueSize,
            maxEntries: max(1, aggregation.limit ?? program.limits.aggregationEntries),
            flags: reachedByInterrupts.aggregations.contains(id) ? 0 : 1)))
    }
    roles.aggregations[id] = map
    return map
  }

  /// The map of the aggregations whose entries have that shape.
  private mutating func sharedIndex(_ shape: SharedShape) -> Int {
    if let known = sharedMaps[shape] { return known }
    let members = shapes.filter { $0.value == shape }.keys
    let limits = members.map { max(1, program.aggregations[$0].limit ?? program.limits.aggregationEntries) }
    let isReached = !reachedByInterrupts.aggregations.isDisjoint(with: members)
    // Memory that is taken beforehand is that of one.
    let most = max(limits.max() ?? 1, isReached ? 0 : 65_536)
    let index = add(
      MapSpec(
        name: "aggs_\(sharedMaps.count)", kind: .perCPUHash, keySize: shape.keySize, valueSize: shape.valueSize,
        maxEntries: min(most, limits.reduce(0, +)), flags: isReached ? 0 : 1))
    sharedMaps[shape] = index
    return index
  }

  /// Bytes of the keys in the map that the aggregation shares.
  func sharedKeySize(of id: Aggregation.ID) -> Int { shapes[id]?.keySize ?? 0 }

  /// How many maps the clause's aggregations and arrays are in.
  func mapCount(of clause: Clause) -> Int {
    let used = clause.usedState
    let shared = Set(used.aggregations.compactMap { shapes[$0] })
    return used.arrays.count + used.aggregations.count { shapes[$0] == nil } + shared.count
  }

  /// What the kernel allocates at once for an element of a hash map (KMALLOC_MAX_SIZE) is 4 MiB, and for a per-CPU value 32 KiB.
  private func check(_ name: String, keySize: Int, valueSize: Int, isPerCPU: Bool) throws(EmitterError) {
    if keySize > 1 << 20 { throw .mapTooLarge(name, bytes: keySize) }
    if valueSize > (isPerCPU ? 32 << 10 : 1 << 20) { throw .mapTooLarge(name, bytes: valueSize) }
  }
}

extension Aggregation {
  /// One key, a symbol, and a value of few words: it may be an array by symbol.
  fileprivate var isCountedBySymbol: Bool {
    guard key == [.symbol] else { return false }
    return switch function {
    case .count, .sum, .average, .minimum, .maximum, .standardDeviation: true
    case .quantize, .linear, .logLinear: false
    }
  }
}

extension Program {
  /// Aggregations and arrays that clauses on the clock use, whose maps have all their memory beforehand: a firing in an interrupt finds
  /// at most an element or a few at once in the allocator of BPF, and before 6.1 programs on perf events take no other maps.
  fileprivate func reachedByInterrupts() -> (aggregations: Set<Aggregation.ID>, arrays: Set<AssociativeArray.ID>) {
    func isReached(_ clause: Clause, _ byClock: Bool) -> Bool {
      clause.probes.contains { index in
        guard probes.indices.contains(index) else { return false }
        switch probes[index].hook {
        case .profile, .tick, .counter: return true
        // What faults in an interrupt fires ERROR there.
        case .error: return byClock
        case .begin, .end, .tracepoint, .iterator, .userCode, .traceEvent, .packet, .event: return false
        }
      }
    }
    let byClock = clauses.contains { isReached($0, false) }
    var reached: (aggregations: Set<Aggregation.ID>, arrays: Set<AssociativeArray.ID>) = ([], [])
    for clause in clauses where isReached(clause, byClock) {
      let used = clause.usedState
      reached.aggregations.formUnion(used.aggregations)
      reached.arrays.formUnion(used.arrays)
    }
    return reached
  }
}
