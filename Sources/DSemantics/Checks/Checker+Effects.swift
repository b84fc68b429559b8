import DSyntax
import IR
import Source

// Actions that do something to the world: commands, files, signals, options.

extension Checker {
  mutating func checkEffect(
    _ action: ActionName, _ written: [Expression], _ range: SourceRange
  ) -> TypedAction? {
    switch action {
    case .system:
      guard case .printf(let format, let arguments)? = checkPrintf(written, range, as: "system") else { return nil }
      return .system(format, arguments)
    case .finding:
      guard case .printf(let format, let arguments)? = checkPrintf(written, range, as: "finding") else { return nil }
      return .finding(format, arguments)
    case .freopen: return checkReopen(written, range)
    case .ftruncate: return wants(0, 0, action, written, range) ? .truncateOutput : nil
    case .setopt: return checkSetOption(written, range)
    case .raise:
      guard wants(1, 1, action, written, range), let signal = checkInteger(action, written[0], 1) else { return nil }
      return .raise(signal)
    case .stop: return wants(0, 0, action, written, range) ? .stop : nil
    case .chill:
      guard wants(1, 1, action, written, range), let time = checkInteger(action, written[0], 1) else { return nil }
      return .chill(time)
    case .panic, .breakpoint: return wants(0, 0, action, written, range) ? .impossible(action) : nil
    case .livedump:
      // Darwin's takes how much, and what else (`unsigned, ...`).
      guard wants(1, 16, action, written, range), written.allSatisfy({ check($0) != nil }) else { return nil }
      return .impossible(action)
    case .copyout, .copyoutstr:
      guard wants(3, 3, action, written, range) else { return nil }
      let values = written.compactMap { check($0) }
      guard values.count == 3 else { return nil }
      for (number, value) in values.enumerated() where !value.type.isScalar && (number > 0 || !value.type.isString) {
        report(
          .argumentType(
            action.rawValue, number: number + 1, given: spelled(value.type), wanted: "a pointer or integer"),
          value.range)
        return nil
      }
      return .impossible(action)
    case .pcap: return checkPcap(written, range)
    case .speculate, .commit, .discard:
      guard wants(1, 1, action, written, range), let number = checkInteger(action, written[0], 1) else { return nil }
      return action == .speculate ? .speculate(number) : .conclude(number, commits: action == .commit)
    default: return nil
    }
  }

  /// An empty name stands for where the output went at first; the name that says so within dtrace cannot be given.
  private mutating func checkReopen(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    if let first = written.first, case .string(let bytes) = first.kind {
      if bytes == [UInt8(ascii: ".")] {
        report(.rule(tag: "D_FREOPEN_INVALID", "freopen( ) argument #1 cannot be \".\""), first.range)
        return nil
      }
      if bytes.isEmpty, written.count == 1 { return .freopen("", []) }
    }
    guard case .printf(let format, let arguments)? = checkPrintf(written, range, as: "freopen") else { return nil }
    return .freopen(format, arguments)
  }

  private mutating func checkSetOption(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    guard (1...2).contains(written.count) else {
      let wanted = written.isEmpty ? "at least 1" : "no more than 2"
      report(.argumentCount("setopt", given: written.count, wanted: wanted), range)
      return nil
    }
    var values: [Typed] = []
    for (number, expression) in written.enumerated() {
      guard let value = check(expression) else { return nil }
      guard value.type.isStringCompatible else {
        report(
          .argumentType(
            "setopt", number: number + 1, given: spelled(value.type), wanted: number == 0 ? "char *" : "const char *"),
          expression.range)
        return nil
      }
      values.append(stringed(value))
    }
    return .setOption(values[0], values.count > 1 ? values[1] : nil)
  }

  private mutating func checkPcap(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    guard wants(2, 2, .pcap, written, range) else { return nil }
    guard let packet = check(written[0]) else { return nil }
    guard packet.type.isPointer || packet.isNull || packet.type.isInteger && packet.type.integer.bytes == 8 else {
      report(.argumentType("pcap", number: 1, given: spelled(packet.type), wanted: "void *"), written[0].range)
      return nil
    }
    guard let kind = check(written[1]) else { return nil }
    guard kind.type.isInteger else {
      report(.argumentType("pcap", number: 2, given: spelled(kind.type), wanted: "int"), written[1].range)
      return nil
    }
    return .packet(packet, linkType: kind)
  }
}
