import IR
package import Probes

/// Every probe that a run offers, numbered as `dtrace -l` numbers them.
package struct Catalog: Sendable {
  package struct Entry: Sendable {
    package var id: UInt32
    package var provider: String
    package var probe: Probe
    /// Whether it is another place of the probe before it, which is listed and counted once.
    package var isTwin = false
  }

  package private(set) var probes: [Entry] = []
  /// What the providers' arguments are made of, by type name.
  package private(set) var translators: [String: Translator]
  /// Providers that make a probe when its name asks for one: `tick-3s`.
  private var makers: [(provider: String, make: @Sendable (String) -> Probe?)] = []
  /// Providers that are listed when a description may mean them.
  private var unlisted: [(provider: String, list: @Sendable () -> [Probe])] = []
  /// Probes of processes, and those that were made, by their four names.
  package var processes: ProcessProbes?
  private var made: [[String]: Int] = [:]
  /// What is wrong with the description that was matched last, when it asked for what a process does not have.
  package private(set) var problem: ProcessProbes.Problem?
  private var lastID: UInt32 = 0
  /// The probes by their last name, as far as they were sorted.
  private var named: [String: [Int]] = [:]
  private var namedCount = 0
  /// What of the providers this run does not have, and why (`only`).
  private var absent: [Entry] = []
  private var absence: String?

  package init(_ providers: [Provider], translators: [Translator] = []) {
    self.translators = Dictionary(translators.map { ($0.name, $0) }) { first, _ in first }
    for provider in providers {
      for probe in provider.probes { add(provider.name, probe) }
      if let make = provider.make { makers.append((provider.name, make)) }
      if let list = provider.list { unlisted.append((provider.name, list)) }
    }
  }

  @discardableResult
  private mutating func add(_ provider: String, _ probe: Probe) -> Int {
    lastID += 1
    let index = probes.count
    probes.append(Entry(id: lastID, provider: provider, probe: probe))
    for var twin in probe.twins {
      (twin.module, twin.function, twin.name) = (probe.module, probe.function, probe.name)
      probes.append(Entry(id: lastID, provider: provider, probe: twin, isTwin: true))
    }
    return index
  }

  /// Leaves only the probes that this run has; they keep their numbers. `reason` is for who asks for another.
  package mutating func only(_ isThere: @escaping @Sendable (String, Probe) -> Bool, reason: String) {
    absent = probes.filter { !isThere($0.provider, $0.probe) }
    probes.removeAll { !isThere($0.provider, $0.probe) }
    (named, namedCount) = ([:], 0)
    makers = makers.map { provider, make in
      (provider, { name in make(name).flatMap { isThere(provider, $0) ? $0 : nil } })
    }
    absence = reason
  }

  /// Why nothing matches, where the run does not have what would.
  func absence(of provider: String, _ module: String, _ function: String, _ name: String) -> String? {
    let pattern = DescriptionPattern(provider, module, function, name)
    let isAbsent = absent.contains { pattern.matches($0) }
    return isAbsent ? absence : nil
  }

  /// The indices of the probes that a description matches; makes one where a provider makes probes by name.
  package mutating func match(provider: String, module: String, function: String, name: String, id: UInt32?) -> [Int] {
    problem = nil
    if id != nil || unlisted.contains(where: { glob(provider, $0.provider) }) { listAll() }
    if let id { return described(probes.indices.filter { probes[$0].id == id }) }
    let pattern = DescriptionPattern(provider, module, function, name)
    var matched: [Int] = []
    if let name = pattern.onlyName {
      for index in probes(named: name) where pattern.matches(probes[index]) { matched.append(index) }
    } else {
      for index in probes.indices where pattern.matches(probes[index]) { matched.append(index) }
    }
    // A pattern that means other providers does not mean processes.
    if !isPattern(provider) || matched.isEmpty {
      matched += processProbes(provider, module, function, name).filter { !matched.contains($0) }
    }
    guard matched.isEmpty, module.isEmpty, function.isEmpty else { return described(matched) }
    for (makerName, make) in makers where glob(provider, makerName) {
      if let probe = make(name) { matched.append(add(makerName, probe)) }
    }
    return matched
  }

  private mutating func probes(named name: String) -> [Int] {
    while namedCount < probes.count {
      named[probes[namedCount].probe.name, default: []].append(namedCount)
      namedCount += 1
    }
    return named[name] ?? []
  }

  /// Lists every provider that was not, in the order in which they were given, so that a probe's number does not depend on who asks.
  package mutating func listAll() {
    let waiting = unlisted
    unlisted = []
    for (provider, list) in waiting { for probe in list() { add(provider, probe) } }
  }

  /// The same probes, their arguments found.
  private mutating func described(_ indices: [Int]) -> [Int] {
    for index in indices {
      guard let find = probes[index].probe.find else { continue }
      probes[index].probe.arguments = find()
      probes[index].probe.find = nil
    }
    return indices
  }

  private mutating func processProbes(
    _ provider: String, _ module: String, _ function: String, _ name: String
  ) -> [Int] {
    guard let processes, let first = provider.utf8.first, let last = provider.utf8.last else { return [] }
    // What ends in a number may name a process, and a pattern with a beginning all of those with such a provider.
    guard (48...57).contains(last) || isPattern(provider) && !isPattern(String(decoding: [first], as: UTF8.self)) else {
      return []
    }
    do {
      return try processes.make(provider, module, function, name).flatMap { new in
        let names = [new.provider, new.probe.module, new.probe.function, new.probe.name]
        let index = made[names] ?? add(new.provider, new.probe)
        made[names] = index
        // Its twins stand behind it.
        return Array(index...index + new.probe.twins.count)
      }
    } catch {
      problem = error
      return []
    }
  }
}

/// A description's four patterns.
private struct DescriptionPattern {
  private let provider: Part
  private let module: Part
  private let function: Part
  private let name: Part

  private struct Part {
    let text: String
    let isPattern: Bool
    init(_ text: String) { (self.text, isPattern) = (text, DSemantics.isPattern(text)) }
    func matches(_ other: String) -> Bool { text.isEmpty || (isPattern ? glob(text, other) : text == other) }
  }

  init(_ provider: String, _ module: String, _ function: String, _ name: String) {
    (self.provider, self.module, self.function, self.name) = (Part(provider), Part(module), Part(function), Part(name))
  }

  /// The one name that a probe must have.
  var onlyName: String? { name.text.isEmpty || name.isPattern ? nil : name.text }

  func matches(_ entry: Catalog.Entry) -> Bool {
    provider.matches(entry.provider) && name.matches(entry.probe.name) && function.matches(entry.probe.function)
      && module.matches(entry.probe.module)
  }
}

/// Whether a part of a description is a pattern rather than a name.
package func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[\\".utf8.contains($0) } }

/// Whether a probe's part matches a pattern of `* ? [ ]` and `\`, as sh(1)'s globs; an empty pattern matches anything.
package func glob(_ pattern: String, _ text: String) -> Bool {
  if pattern.isEmpty { return true }
  let p = Array(pattern.utf8)
  let t = Array(text.utf8)
  var i = 0
  var j = 0
  var star: (pattern: Int, text: Int)?
  while j < t.count {
    if i < p.count, let next = matchOne(p, i, t[j]) {
      i = next
      j += 1
    } else if i < p.count, p[i] == UInt8(ascii: "*") {
      star = (i + 1, j)
      i += 1
    } else if let last = star {
      i = last.pattern
      j = last.text + 1
      star = (last.pattern, j)
    } else {
      return false
    }
  }
  while i < p.count, p[i] == UInt8(ascii: "*") { i += 1 }
  return i == p.count
}

/// The place after the pattern's element at `i` when it matches `byte`; nil for `*` and where it does not.
private func matchOne(_ p: [UInt8], _ i: Int, _ byte: UInt8) -> Int? {
  switch p[i] {
  case UInt8(ascii: "*"): return nil
  case UInt8(ascii: "?"): return i + 1
  case UInt8(ascii: "\\") where i + 1 < p.count: return p[i + 1] == byte ? i + 2 : nil
  case UInt8(ascii: "["):
    var k = i + 1
    var inverted = false
    if k < p.count, p[k] == UInt8(ascii: "!") {
      inverted = true
      k += 1
    }
    var found = false
    var first = true
    while k < p.count, first || p[k] != UInt8(ascii: "]") {
      first = false
      if k + 2 < p.count, p[k + 1] == UInt8(ascii: "-"), p[k + 2] != UInt8(ascii: "]") {
        if p[k] <= byte, byte <= p[k + 2] { found = true }
        k += 3
      } else {
        if p[k] == byte { found = true }
        k += 1
      }
    }
    guard k < p.count else { return p[i] == byte ? i + 1 : nil }
    return found != inverted ? k + 1 : nil
  default: return p[i] == byte ? i + 1 : nil
  }
}

extension Catalog {
  /// The types of a probe's `args[0]`…, as D's libraries call them.
  package func argumentTypes(of index: Int) -> [String] {
    let probe = probes[index].probe
    if let types = probe.processTypes { return types() }
    return (probe.find?() ?? probe.arguments).map { argument in
      guard let name = argument.type.split(separator: " ").first.map(String.init),
        let output = translators[name]?.output
      else { return argument.type }
      return output + argument.type.dropFirst(name.count)
    }
  }
}
