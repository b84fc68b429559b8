import IR

// From a hook's firing to the clauses of the probe that it is: the selector, the tests for it, and what is known by it.

/// A clause and the probes that reach it within one firing, each by its selector.
struct ClauseSelection: Hashable {
  /// Index in `Program.clauses`.
  var clause: Int
  /// In the order of the selectors; the selector is nil where the hook has only this probe.
  var probes: [Member]

  struct Member: Hashable {
    var selector: Int64?
    var probe: EnabledProbe.Index
  }

  /// The selectors; nil when there is nothing to test.
  var values: [Int64]? {
    let values = probes.compactMap(\.selector)
    return values.count == probes.count ? values : nil
  }
}

/// Clauses that run one after another for one probe of the hook. A hook whose selectors tell all its probes apart has one firing;
/// probes that fire at the same moments (two names for one place) have one each, in the order of their indices.
struct Firing {
  var clauses: [ClauseSelection]
  /// The selectors of all its probes; nil when there is nothing to test.
  var values: [Int64]?

  static func all(_ program: Program, hook: Hook, clauses: [Int]) -> [Firing] {
    var rounds: [Set<Int>] = []
    var seen: [Int64?: Int] = [:]
    for probe in Set(clauses.flatMap { program.clauses[$0].probes }).sorted() where program.probes[probe].hook == hook {
      let selector = program.probes[probe].selector?.value
      let round = seen[selector, default: 0]
      seen[selector] = round + 1
      if round == rounds.count { rounds.append([]) }
      rounds[round].insert(probe)
    }
    // A probe without a selector fires whatever the selector is, so it cannot share a round with those that have one.
    let split = rounds.flatMap { round in
      let plain = round.filter { program.probes[$0].selector == nil }
      return [round.subtracting(plain)].filter { !$0.isEmpty } + plain.sorted().map { [$0] }
    }
    return split.sorted { ($0.min() ?? 0) < ($1.min() ?? 0) }.map { round in
      Firing(program, probes: round, clauses: clauses)
    }
  }

  private init(_ program: Program, probes: Set<Int>, clauses numbers: [Int]) {
    clauses = numbers.compactMap { number in
      let members = Set(program.clauses[number].probes).intersection(probes)
        .map { ClauseSelection.Member(selector: program.probes[$0].selector?.value, probe: $0) }
        .sorted { ($0.selector ?? 0, $0.probe) < ($1.selector ?? 0, $1.probe) }
      return members.isEmpty ? nil : ClauseSelection(clause: number, probes: members)
    }
    let selectors = probes.compactMap { program.probes[$0].selector?.value }.sorted()
    values = selectors.count == probes.count ? selectors : nil
  }
}

extension HookEmitter {
  /// Reads the selector into R0 and its slot. R1 is the context's address.
  mutating func emitSelector(_ firings: [Firing]) throws(EmitterError) {
    guard firings.contains(where: { $0.values != nil }) else { return }
    if case .userCode = hook {
      emit(.call(.getAttachCookie))
      if known?.selector != false {
        emit(.store(.double, at: .r10, offset: Int16(Frame.selector), .register(.r0)))
      }
      freshSelector = true
      return
    }
    guard case .tracepoint(_, let selector?) = hook else {
      throw .malformed("selectors at a hook that has none", clause: clauses.first ?? 0)
    }
    switch selector {
    case .word(let word):
      guard (0..<12).contains(word) else { throw .malformed("selector in word \(word)", clause: clauses.first ?? 0) }
      emit(.load(.double, .r0, from: .r1, offset: short(word * 8)))
    case .field(let word, let offset, let width):
      guard (0..<12).contains(word), Int16(exactly: offset) != nil else {
        throw .malformed("selector in word \(word)", clause: clauses.first ?? 0)
      }
      emit(.load(.double, .r3, from: .r1, offset: short(word * 8)))
      if case .tracepoint = attachment {
        // The argument is a typed pointer there, which the verifier lets programs follow.
        emit(.load(MemorySize(width), .r0, from: .r3, offset: short(offset)))
      } else {
        emit(.store(.double, at: .r10, offset: Int16(Frame.selector), .immediate(0)))
        emit(.arithmetic(.add, .r3, .immediate(Int32(offset))))
        address(of: .stack(Frame.selector), into: .r1)
        code.constant(.r2, Int64(width.rawValue))
        emit(.call(.probeReadKernel))
        code.jump(.notEqual, .r0, .immediate(0), to: end)
        emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.selector)))
      }
    }
    if known?.selector != false { emit(.store(.double, at: .r10, offset: Int16(Frame.selector), .register(.r0))) }
    freshSelector = true
  }

  private mutating func loadSelector(into register: MachineRegister) {
    needs.selector = true
    emit(.load(.double, register, from: .r10, offset: Int16(Frame.selector)))
  }

  /// Values up to this many are compared with one by one.
  private static let chain = 4
  /// Tables reach over at most this many values.
  private static let tableLimit = 1 << 16

  /// Jumps to `otherwise` unless the selector is one of `values`.
  mutating func emitTest(_ values: [Int64]?, otherwise: Assembler.Label) throws(EmitterError) {
    let fresh = freshSelector
    freshSelector = false
    guard let values, let low = values.first, let high = values.last else { return }
    if !fresh { loadSelector(into: .r0) }
    guard let span = Int32(exactly: high &- low), Int32(exactly: low) != nil, Int32(exactly: high) != nil else {
      throw .unsupported("selectors beyond 32 bits", clause: selection.clause, origin: nil)
    }
    if values.count == 1 {
      code.jump(.notEqual, .r0, .immediate(Int32(low)), to: otherwise)
    } else if values.count == Int(span) + 1 {
      // Unsigned, so that what is below the range is beyond it.
      if low != 0 { emit(.arithmetic(.add, .r0, .immediate(Int32(-low)))) }
      code.jump(.greater, .r0, .immediate(span), to: otherwise)
    } else if values.count <= Self.chain {
      let matched = code.makeLabel()
      for value in values.dropLast() { code.jump(.equal, .r0, .immediate(Int32(value)), to: matched) }
      code.jump(.notEqual, .r0, .immediate(Int32(high)), to: otherwise)
      code.place(matched)
    } else {
      guard span < Self.tableLimit else {
        throw .unsupported("selectors too far apart", clause: selection.clause, origin: nil)
      }
      var table = [UInt8](repeating: 0, count: Int(span) + 1)
      for value in values { table[Int(value - low)] = 1 }
      if low != 0 { emit(.arithmetic(.add, .r0, .immediate(Int32(-low)))) }
      code.jump(.greater, .r0, .immediate(span), to: otherwise)
      address(of: .constant(maps.constant(table)), into: .r1)
      emit(.arithmetic(.add, .r1, .register(.r0)))
      emit(.load(.byte, .r0, from: .r1, offset: 0))
      code.jump(.equal, .r0, .immediate(0), to: otherwise)
    }
  }

  /// What `property` is for the probe that fired, when it is the same for all that reach this clause.
  func probeConstant(_ property: (EnabledProbe.Index) -> Int64) -> Int64? {
    guard let first = selection.probes.first.map({ property($0.probe) }) else { return nil }
    return selection.probes.allSatisfy { property($0.probe) == first } ? first : nil
  }

  /// `register` = what `property` is for the probe that fired. R0 and R1 are lost.
  mutating func loadProbe(_ register: MachineRegister, _ property: (EnabledProbe.Index) -> Int64) throws(EmitterError) {
    if let constant = probeConstant(property) {
      code.constant(register, constant)
      return
    }
    let values = selection.probes.map { (selector: $0.selector ?? 0, value: property($0.probe)) }
    guard let low = values.first, let high = values.last else { return }
    let base = low.value - low.selector
    if let base = Int32(exactly: base), values.allSatisfy({ $0.value - $0.selector == Int64(base) }) {
      loadSelector(into: register)
      addConstant(register, Int(base), .r1)
      return
    }
    let span = high.selector - low.selector
    guard span < Self.tableLimit, let start = Int32(exactly: low.selector) else {
      throw unsupported("selectors too far apart")
    }
    var table = [UInt32](repeating: 0, count: Int(span) + 1)
    for (selector, value) in values { table[Int(selector - low.selector)] = UInt32(truncatingIfNeeded: value) }
    let bytes = table.flatMap { entry in (0..<4).map { UInt8(truncatingIfNeeded: entry >> (8 * UInt32($0))) } }
    loadSelector(into: .r1)
    if start != 0 { emit(.arithmetic(.subtract, .r1, .immediate(start))) }
    // The test before the clause has made sure of it; the verifier has forgotten.
    code.jump(.greater, .r1, .immediate(Int32(span)), to: end)
    emit(.arithmetic(.shiftLeft, .r1, .immediate(2)))
    address(of: .constant(maps.constant(bytes)), into: .r0)
    emit(.arithmetic(.add, .r0, .register(.r1)))
    emit(.load(.word, register, from: .r0, offset: 0))
  }
}
