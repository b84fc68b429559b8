import Source

extension Parser {
  /// A probe description or number that is the whole text.
  mutating func readProbeDescription() throws(Unreadable) -> ProbeDescription {
    switch token.kind {
    case .probe, .number: return readProbeWord()
    default: throw giveUp(expecting: "a probe description")
    }
  }

  mutating func readProbeWord() -> ProbeDescription {
    let range = token.range
    defer { advance() }
    if case .number(let number) = token.kind { return probe(numbered: number, range) }
    return probe(described: lexer.bytes[range.start..<range.end], range)
  }

  private mutating func probe(numbered number: UInt64, _ range: SourceRange) -> ProbeDescription {
    let id = UInt32(exactly: number)
    if id == nil { report(.probeNumber(number), at: range) }
    if kind.lastPart != .name {
      report(.probeNumberNotPermitted(number, specifying: kind.lastPart.plural), at: range)
    }
    if id == 0 { report(.probeNumberUnknown(number), at: range) }
    return ProbeDescription(id: id ?? 0, range: range)
  }

  private mutating func probe(described word: ArraySlice<UInt8>, _ range: SourceRange) -> ProbeDescription {
    var description = ProbeDescription(range: range)
    var parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    // A colon at the beginning has nothing before it that would count as a part (libdtrace `dtrace_xstr2desc`).
    if parts.count > 1, parts[0].isEmpty { parts.removeFirst() }
    guard parts.count <= kind.lastPart.rawValue else {
      report(.probeParts(String(decoding: word, as: UTF8.self)), at: range)
      return description
    }
    // Right-aligned: the last part is the name, or what -P, -m or -f says it is.
    for (index, part) in parts.enumerated() {
      let text = replacingMacros(in: part, of: word)
      switch ProbePart(rawValue: kind.lastPart.rawValue - (parts.count - 1 - index)) {
      case .provider: description.provider = text
      case .module: description.module = text
      case .function: description.function = text
      case .name, nil: description.name = text
      }
    }
    return description
  }

  /// `pid$target`, `$1`, `$$1`. An argument that is missing is an error even where `-x defaultargs` holds: an empty part
  /// would mean every probe (libdtrace `dtrace_xstr2desc`).
  private mutating func replacingMacros(in part: ArraySlice<UInt8>, of word: ArraySlice<UInt8>) -> String {
    guard part.contains(UInt8(ascii: "$")) else { return String(decoding: part, as: UTF8.self) }
    var out: [UInt8] = []
    var index = part.startIndex
    while index < part.endIndex {
      guard part[index] == UInt8(ascii: "$") else {
        out.append(part[index])
        index += 1
        continue
      }
      let start = index
      while index < part.endIndex, index < start + 2, part[index] == UInt8(ascii: "$") { index += 1 }
      let isArgument = index < part.endIndex && part[index].isDigit
      let name = part[index...].prefix { isArgument ? $0.isDigit : $0.isDigit || $0.isLetter }
      index = name.endIndex
      if let value = macroValue(String(decoding: name, as: UTF8.self), isArgument: isArgument) {
        out += value.utf8
      } else {
        let text = String(decoding: part[start..<index], as: UTF8.self)
        report(.macroUndefinedInProbe(text, in: String(decoding: word, as: UTF8.self)), at: SourceRange(start, index))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private mutating func macroValue(_ name: String, isArgument: Bool) -> String? {
    guard isArgument else { return lexer.macros.named[name].map(String.init) }
    guard let number = Int(name), number < lexer.macros.arguments.count else { return nil }
    return lexer.argument(name, isString: true)
  }
}
