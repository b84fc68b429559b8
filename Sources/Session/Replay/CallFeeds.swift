import Answers
import DSemantics
import DSyntax
import IR
import Probes

// Clauses on the kernel's probes, in a program that runs here, become feeds: the kernel tells of each call that some
// clause's predicate may let through, and the whole predicate is evaluated here.

/// The system calls and opened files that a program's clauses are about.
func callFeeds(_ script: Script, _ compiled: Compiled) -> [CallFeed] {
  let program = compiled.program
  let predicates = script.clauses.map { $0.predicate.flatMap { decidable($0, compiled.options) } }

  // Clause numbers by what they are about: a call that several clauses want is told of once.
  struct Place: Hashable {
    var moment: CallFeed.Moment
    var number: Int
  }
  var wanted: [Place: Set<Int>] = [:]
  for clause in program.clauses {
    for probe in clause.probes {
      guard let number = program.probes[probe].selector.map({ Int($0.value) }),
        let moment = moment(program, program.probes[probe])
      else { continue }
      wanted[Place(moment: moment, number: number), default: []].insert(clause.number)
      // What entries read of their calls comes as events of its own.
      if moment == .entry, clause.recordsUserStack {
        wanted[Place(moment: .stack, number: number), default: []].insert(clause.number)
      }
      if moment == .entry, clause.readsUserText, openingCalls.contains(number) {
        wanted[Place(moment: .opened, number: number), default: []].insert(clause.number)
      }
    }
  }

  // Calls that the same clauses want share one feed.
  struct Group: Hashable {
    var moment: CallFeed.Moment
    var clauses: Set<Int>
  }
  let groups = Dictionary(grouping: wanted) { Group(moment: $0.key.moment, clauses: $0.value) }
  // A stack comes behind its entry, and a path before the return.
  let ordered = groups.sorted { $0.key.moment.rawValue < $1.key.moment.rawValue }
  return ordered.map { group, calls in
    let isAll = group.moment != .opened && calls.count == systemCallNames.count
    let texts = group.clauses.sorted().map { predicates.indices.contains($0) ? predicates[$0] : nil }
    return CallFeed(
      group.moment, names: isAll ? nil : calls.compactMap { systemCallNames[$0.key.number] }.sorted(),
      // One clause that wants every call leaves nothing to decide.
      predicate: texts.contains(nil) ? nil : texts.compactMap { $0.map { "(\($0))" } }.joined(separator: " || "))
  }
}

/// Feeds of several programs, one for each moment: a call that two of them ask for is told of once.
func merged(_ feeds: [CallFeed]) -> [CallFeed] {
  let byMoment = Dictionary(grouping: feeds, by: \.moment.rawValue).sorted { $0.key < $1.key }
  return byMoment.map { _, feeds in
    let names = feeds.contains { $0.names == nil } ? nil : Set(feeds.flatMap { $0.names ?? [] }).sorted()
    let predicates = feeds.contains { $0.predicate == nil } ? nil : Set(feeds.compactMap(\.predicate)).sorted()
    return CallFeed(
      feeds[0].moment, names: names, predicate: predicates?.map { "(\($0))" }.joined(separator: " || "))
  }
}

/// open(2), creat, openat and openat2: calls of which the path is told.
let openingCalls: Set<Int> = [2, 85, 257, 437]

/// What of a call fires the probe; nil for probes that no call fires.
private func moment(_ program: Program, _ probe: EnabledProbe) -> CallFeed.Moment? {
  switch (program.part(.provider, of: probe), program.part(.name, of: probe)) {
  case ("syscall", "entry"): .entry
  case ("syscall", "return"), ("proc", "exec-failure"): .return
  case ("file", "opened"): .opened
  default: nil
  }
}

/// The part of a predicate that the kernel can decide by itself, in D; nil when there is none. It lets through all that the whole
/// predicate lets through.
private func decidable(_ predicate: Expression, _ options: Options) -> String? {
  var parts: [String] = []
  for part in conjuncts(predicate) {
    if let text = text(part, options) {
      parts.append(text)
    } else if part.changesSomething {
      // What stands behind it must not keep it from being evaluated.
      break
    }
  }
  return parts.isEmpty ? nil : parts.joined(separator: " && ")
}

private func conjuncts(_ expression: Expression) -> [Expression] {
  if case .binary(.logicalAnd, let left, let right) = expression.kind { return conjuncts(left) + conjuncts(right) }
  return [expression]
}

/// The expression as D text when it rests on the moment alone: on the task, the call and constants.
private func text(_ expression: Expression, _ options: Options) -> String? {
  switch expression.kind {
  case .integer(let value, let suffix, _):
    return "\(value)" + (suffix.unsigned ? "u" : "") + String(repeating: "l", count: suffix.longs)
  case .string(let bytes): return quoted(bytes)
  case .identifier(let name): return isOfTheMoment(name, options) ? name : nil
  case .unary(let operation, let operand):
    guard ![.increment, .decrement, .dereference, .address].contains(operation) else { return nil }
    return text(operand, options).map { "(\(operation.rawValue)\($0))" }
  case .binary(let operation, let left, let right):
    guard let left = text(left, options), let right = text(right, options) else { return nil }
    return "(\(left) \(operation.rawValue) \(right))"
  default: return nil
  }
}

private func isOfTheMoment(_ name: String, _ options: Options) -> Bool {
  if ["pid", "tid", "ppid", "uid", "gid", "execname"].contains(name) { return true }
  // With `compat=solaris` a call's name and the order of its arguments are other ones than the feed's.
  let ofTheCall = ["arg0", "arg1", "arg2", "arg3", "arg4", "arg5", "errno", "probefunc"]
  return !options.solaris && ofTheCall.contains(name)
}

/// A string constant; nil where it holds what would have to be escaped.
private func quoted(_ bytes: [UInt8]) -> String? {
  let plain = bytes.allSatisfy { (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  return plain ? "\"" + String(decoding: bytes, as: UTF8.self) + "\"" : nil
}

extension Expression {
  /// Whether evaluating it may change a variable.
  var changesSomething: Bool {
    switch kind {
    case .assign, .postfix: true
    case .unary(let operation, let operand):
      operation == .increment || operation == .decrement || operand.changesSomething
    case .binary(_, let left, let right), .comma(let left, let right): left.changesSomething || right.changesSomething
    case .conditional(let test, let then, let otherwise):
      test.changesSomething || then.changesSomething || otherwise.changesSomething
    case .index(let base, let parts): base.changesSomething || parts.contains { $0.changesSomething }
    case .call(let name, let arguments): name == "remember" || arguments.contains { $0.changesSomething }
    case .member(let inner, _), .arrow(let inner, _), .cast(_, let inner), .sizeofExpression(let inner),
      .stringof(let inner), .xlate(_, let inner):
      inner.changesSomething
    case .integer, .string, .identifier, .scoped, .aggregation, .macro, .sizeofType, .offsetof, .missing: false
    }
  }
}
