// The program as people read it in tests and under `-v`: one line a step, the destination first, `r0` an integer
// register, `t0` a text register, `i4` a signed and `u4` an unsigned integer of four bytes, `text(256)` a text of that
// capacity.

extension Program: CustomStringConvertible {
  package var description: String {
    var lines: [String] = []
    if !symbols.isEmpty {
      lines.append("symbols " + symbols.enumerated().map { "\($0)=\(quoted($1))" }.joined(separator: " "))
    }
    for (index, probe) in probes.enumerated() {
      let parts = probe.parts.map { symbols.indices.contains($0) ? symbols[$0] : "?\($0)" }.joined(separator: ":")
      var line = "probe \(index) id \(probe.id) \(parts) on \(probe.hook)"
      if let selector = probe.selector { line += " selected by \(selector.value)" }
      lines.append(line)
    }
    for (index, variable) in variables.enumerated() {
      lines.append("variable v\(index) \(variable.scope) \(variable.name): \(variable.storage)")
    }
    for (index, array) in arrays.enumerated() {
      let key = array.key.map(\.description).joined(separator: ", ")
      lines.append("array a\(index) \(array.perThread ? "thread" : "global") \(array.name)[\(key)]: \(array.value)")
    }
    for (index, aggregation) in aggregations.enumerated() {
      let key = aggregation.key.map(\.description).joined(separator: ", ")
      lines.append("aggregation @\(index) \(aggregation.name)[\(key)] = \(aggregation.function)")
    }
    for (index, clause) in clauses.enumerated() { lines.append("clause \(index) \(clause)") }
    return lines.joined(separator: "\n")
  }
}

extension Clause: CustomStringConvertible {
  package var description: String {
    var lines = [
      "of text \(number) on probes \(probes.map(String.init).joined(separator: ", ")); \(registers) registers"
    ]
    if !texts.isEmpty {
      lines[0] += "; texts " + texts.enumerated().map { "t\($0)(\($1))" }.joined(separator: " ")
    }
    if !record.isEmpty {
      lines.append("  record of \(record.size) bytes")
      for (index, item) in record.items.enumerated() { lines.append("    item \(index) \(item)") }
    }
    for (index, block) in blocks.enumerated() {
      lines.append("  block \(index)")
      for step in block.steps { lines.append("    \(step)") }
      lines.append("    \(block.end)")
    }
    return lines.joined(separator: "\n")
  }
}

extension RecordLayout.Item: CustomStringConvertible {
  package var description: String {
    ([action.description] + fields.map { "\($0.kind)@\($0.offset)" }).joined(separator: " ")
  }
}

extension RecordLayout.Field.Kind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .value(let storage): storage.description
    case .symbol: "symbol"
    case .bytes(let count): "bytes(\(count))"
    case .kernelStack(let frames): "stack(\(frames))"
    case .userStack(let frames): "ustack(\(frames))"
    }
  }
}

extension Action: CustomStringConvertible {
  package var description: String {
    switch self {
    case .trace: "trace"
    case .printf(let format): "printf \(quoted("\(format)"))"
    case .printa(let aggregations, let format):
      (["printa"] + aggregations.map { "@\($0)" } + (format.map { [quoted("\($0)")] } ?? [])).joined(separator: " ")
    case .stack: "stack"
    case .userStack: "ustack"
    case .exit: "exit"
    case .clear(let id): "clear @\(id)"
    case .truncate(let id): "trunc @\(id)"
    case .normalize(let id): "normalize @\(id)"
    case .denormalize(let id): "denormalize @\(id)"
    case .symbol(let kind): "symbol \(kind)"
    case .tracemem: "tracemem"
    case .pcap: "pcap"
    case .print(let type): "print (\(type.name))"
    case .show(let type, _, let places): "show (\(type?.name ?? "bytes")) at \(places)"
    case .header: "header"
    case .speculate: "speculate"
    case .commit: "commit"
    case .discard: "discard"
    case .truncateOutput: "ftruncate"
    case .setOption: "setopt"
    case .system(let format): "system \(quoted("\(format)"))"
    case .finding(let format): "finding \(quoted("\(format)"))"
    case .freopen(let format): "freopen \(quoted("\(format)"))"
    }
  }
}

extension Hook: CustomStringConvertible {
  package var description: String {
    switch self {
    case .begin: "begin"
    case .end: "end"
    case .error: "error"
    case .tracepoint(let name, nil): "tracepoint \(name)"
    case .tracepoint(let name, .word(let word)?): "tracepoint \(name) by ctx[\(word)]"
    case .tracepoint(let name, .field(let word, let offset, let width)?):
      "tracepoint \(name) by u\(width.rawValue) at ctx[\(word)]+\(offset)"
    case .profile(let period): "profile every \(period) ns"
    case .tick(let period): "tick every \(period) ns"
    case .counter(let counter): "every \(counter.period) of \(counter.name), \(counter.mode)"
    case .iterator(let name): "iterator \(name)"
    case .userCode(let isReturn): isReturn ? "user return" : "user code"
    case .traceEvent(let group, let name): "event \(group):\(name)"
    case .packet: "packet"
    case .event: "event"
    }
  }
}

extension Storage: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integer(let width, let signed): "\(signed ? "i" : "u")\(width.rawValue)"
    case .text(let capacity): "text(\(capacity))"
    case .bytes(let count): "bytes(\(count))"
    }
  }
}

extension Aggregation.KeyPart: CustomStringConvertible {
  package var description: String {
    switch self {
    case .value(let storage): storage.description
    case .symbol: "symbol"
    case .kernelStack(let frames): "stack(\(frames))"
    case .userStack(let frames): "ustack(\(frames))"
    case .address(let kind): "address \(kind)"
    }
  }
}

extension Aggregation.Function: CustomStringConvertible {
  package var description: String {
    switch self {
    case .count: "count"
    case .sum: "sum"
    case .average: "avg"
    case .minimum: "min"
    case .maximum: "max"
    case .standardDeviation: "stddev"
    case .quantize: "quantize"
    case .linear(let low, let high, let step): "lquantize(\(low), \(high), \(step))"
    case .logLinear(let factor, let low, let high, let steps): "llquantize(\(factor), \(low), \(high), \(steps))"
    }
  }
}

/// The text between double quotes, with C's escapes for what would not print.
func quoted(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\t": out += "\\t"
    case "\r": out += "\\r"
    case _ where scalar.value < 32 || scalar.value == 127:
      let digits = String(scalar.value, radix: 16)
      out += "\\x" + (digits.count < 2 ? "0" : "") + digits
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}
