import DSyntax
import IR
import Probes
import Source

// What `[ ]`, `.` and `->` reach: array elements, typed probe arguments, members.

extension Checker {
  mutating func checkIndex(_ base: Expression, _ key: [Expression], _ range: SourceRange) -> Typed? {
    if case .identifier("args") = base.kind { return checkArgs(key, range) }
    if case .identifier("uregs") = base.kind { return checkRegisters(key, range) }
    if case .aggregation(let name) = base.kind { return deferred(.aggregationMisused(name), .dynamic, range) }
    if case .identifier(let name) = base.kind { _ = loadLibrary(defining: name) }
    if case .identifier(let name) = base.kind, parameters.last?[name] == nil, let inline = names.inlines[name],
      !inline.parameters.isEmpty
    {
      return checkInlineCall(name, inline, key, range)
    }
    if let (name, perThread) = arrayName(base) {
      if let index = names.array(name, perThread: perThread) {
        guard let checked = checkKey(of: index, key, range) else { return nil }
        guard let type = names.arrays[index].value else {
          report(.undefinedVariable((perThread ? "self->" : "") + name), range)
          return nil
        }
        return Typed(.element(index, checked), type, range)
      }
      if case .identifier = base.kind, case .scoped = base.kind {
      } else {
        report(.undefinedVariable((perThread ? "self->" : "") + name), range)
        return nil
      }
    }
    guard key.count == 1 else {
      let what = typeOnly(base).map { name(of: $0) } ?? "the array"
      report(.rule(tag: "D_ARR_BADREF", "array \(what) has one dimension, not \(key.count)"), range)
      return nil
    }
    guard let array = check(base) else { return nil }
    guard case .array(let element, let count) = array.type, count > 0 else {
      guard let index = check(key[0]), let address = additive(.add, array, index, range) else { return nil }
      return checkDereference(address, range)
    }
    guard let index = check(key[0]) else { return nil }
    guard index.type.isInteger else {
      report(.incompatible(spelled(array.type), spelled(index.type), operation: "["), key[0].range)
      return nil
    }
    return self.element(of: array, element, count, at: index, range)
  }

  private func name(of array: Typed) -> String {
    if case .variable(let index) = array.kind { return names.scalars[index].name }
    return spelled(array.type)
  }

  /// An array's element: an index that is a constant is checked here, others when the clause runs.
  private mutating func element(
    of array: Typed, _ element: DType, _ count: Int, at index: Typed, _ range: SourceRange
  ) -> Typed? {
    if case .integer(let constant) = index.kind, !(0..<Int64(count)).contains(constant) {
      report(
        .rule(
          tag: "D_ARR_BOUNDS",
          "index \(constant) is outside of \(name(of: array)), which has \(count) elements"),
        index.range)
      return nil
    }
    guard let size = types.size(of: element) else {
      report(.unknownSize, range)
      return nil
    }
    if case .integer(let constant) = index.kind {
      // A place within what is known already.
      if case .memory(let address, let offset, nil) = array.kind {
        return Typed(.memory(address: address, offset: offset + Int(constant) * size, bits: nil), element, range)
      }
      return Typed(.memory(address: array, offset: Int(constant) * size, bits: nil), element, range)
    }
    var distance = Typed(.bounded(index, count: count), .int64, index.range)
    if size != 1 {
      distance = Typed(.binary(.multiply, distance, Typed(.integer(Int64(size)), .int64, range)), .int64, range)
    }
    let isUser = space(of: array)
    let address = Typed(.binary(.add, array, distance), .pointer(element, userland: isUser), range)
    return Typed(.memory(address: address, offset: 0, bits: nil), element, range)
  }

  /// Whether an aggregate or what a pointer leads to lies in the process's memory.
  func space(of typed: Typed) -> Bool {
    switch (typed.type, typed.kind) {
    case (.pointer(_, let userland), _): userland
    case (_, .memory(let address, _, _)): space(of: address)
    default: false
    }
  }

  /// `args[N]`: the probe's Nth typed argument.
  private mutating func checkArgs(_ key: [Expression], _ range: SourceRange) -> Typed? {
    guard key.count == 1, let place = check(key[0]) else {
      if key.count != 1 { report(.argumentsIndex, range) }
      return nil
    }
    guard case .integer(let constant) = place.kind, place.type.isInteger else {
      report(.argumentsIndex, range)
      return nil
    }
    let number = Int(constant)
    let lists = Set(current.map { catalog.probes[$0].probe.types })
    guard lists.count <= 1 else {
      report(.argumentsDiffer, range)
      return nil
    }
    let types = lists.first ?? []
    guard types.indices.contains(number) else {
      report(.argumentOfProbe(number, available: types.count), range)
      return nil
    }
    // A type that only the kernel's own sources know is the word that it is.
    var type =
      type(spelled: types[number]) ?? (types[number].hasSuffix("*") ? .pointer(.void, userland: false) : .uint64)
    if current.contains(where: { catalog.probes[$0].probe.processTypes != nil }) { type = type.ofProcess }
    return Typed(.convert(Typed(.argument(number), .int64, range)), type, range)
  }

  /// A type as a provider's table spells it: a name and stars.
  mutating func type(spelled text: String) -> DType? {
    var name = Substring(text)
    var stars = 0
    while let last = name.last, last == "*" || last == " " {
      if last == "*" { stars += 1 }
      name = name.dropLast()
    }
    for qualifier in ["const ", "volatile "] where name.hasPrefix(qualifier) { name = name.dropFirst(qualifier.count) }
    guard
      var type = catalog.translators[String(name)] != nil ? .translated(String(name)) : findType(String(name))
    else { return nil }
    for _ in 0..<stars { type = .pointer(type, userland: false) }
    return type
  }

  mutating func checkMember(_ baseWritten: Expression, _ name: String, _ sign: String, _ range: SourceRange) -> Typed? {
    guard let base = check(baseWritten) else { return nil }
    return checkMember(of: base, sign, name, range)
  }

  /// `base.name`, or `base->name` by the sign.
  mutating func checkMember(of base: Typed, _ sign: String, _ name: String, _ range: SourceRange) -> Typed? {
    let record: DType
    if sign == "->" {
      guard let target = base.type.element else {
        report(.needsPointer(operation: "->"), range)
        return nil
      }
      record = target
    } else {
      record = base.type
    }
    switch record {
    case .translated(let structure):
      guard let member = catalog.translators[structure]?.member(name), let type = type(spelled: member.type) else {
        return checkTranslated(base, named: structure, name, range)
      }
      return Typed(.translated(base: base, struct: structure, member: name), type, range)
    case .translation(let index): return checkTranslated(base, index, name, range)
    case .record(let index):
      guard types.records[index].isComplete else {
        report(.forwardDeclared(operation: sign, spelled(record)), range)
        return nil
      }
      guard let member = types.member(name, of: index) else {
        report(.noSuchMember(name, of: spelled(record)), range)
        return nil
      }
      if types.records[index].members.isEmpty { relies(on: .kernel, spelled(record), range) }
      return memory(of: base, sign, member, range)
    default:
      report(.notARecord(operation: sign, type: spelled(record)), range)
      return nil
    }
  }

  /// The member in memory: an offset from the pointer, or a further offset in what already lies in memory.
  func memory(of base: Typed, _ sign: String, _ member: TypeTable.Member, _ range: SourceRange) -> Typed? {
    var address = base
    var offset = 0
    if sign == ".", case .memory(let outer, let inner, _) = base.kind {
      address = outer
      offset = inner
    }
    guard let width = member.bitWidth else {
      return Typed(.memory(address: address, offset: offset + member.bitOffset / 8, bits: nil), member.type, range)
    }
    let unit = (types.size(of: member.type) ?? 4) * 8
    let start = member.bitOffset / unit * unit
    let bits = Typed.BitField(shift: member.bitOffset - start, width: width)
    return Typed(.memory(address: address, offset: offset + start / 8, bits: bits), member.type, range)
  }
}

extension Probe {
  /// The types of `args[0]`…
  fileprivate var types: [String] { processTypes?() ?? arguments.map(\.type) }
}

extension DType {
  /// The same, where pointers lead to the process's memory, and those that lie there too.
  fileprivate var ofProcess: DType {
    guard case .pointer(let target, _) = self else { return self }
    return .pointer(target.ofProcess, userland: true)
  }
}
