import IR

/// The head of a line: which probe fired. Made once for each probe.
struct ProbeHead {
  let id: UInt32
  /// ` %6d %32s `, or `%32s ` under test.
  let line: [UInt8]
  let function: [UInt8]
  let functionAndName: [UInt8]
  let kind: Kind

  /// What `-F` makes of a probe: by its name, which is or ends in `entry` or `return`.
  enum Kind {
    case entry(call: Bool), exit(call: Bool), other
  }

  init(_ probe: EnabledProbe, in program: Program, _ options: PrintOptions) {
    id = probe.id
    let name = program.part(.name, of: probe)
    function = Array(program.part(.function, of: probe).utf8)
    functionAndName = function + [UInt8(ascii: ":")] + Array(name.utf8)
    var line: [UInt8] = []
    if !options.testing {
      line.append(UInt8(ascii: " "))
      line.put(decimal: Int64(id), width: 6)
      line.append(UInt8(ascii: " "))
    }
    line.put(blanks: 32 - functionAndName.count)
    line += functionAndName
    line.append(UInt8(ascii: " "))
    self.line = line
    // A call crosses into the kernel: => and <=.
    let call = program.part(.provider, of: probe) == "syscall"
    if name == "entry" || name.hasSuffix("-entry") {
      kind = .entry(call: call)
    } else if name == "return" || name.hasSuffix("-return") {
      kind = .exit(call: call)
    } else {
      kind = .other
    }
  }
}

/// How deep the calls of each CPU are (`-F`), and what fired last.
struct Flow {
  private var indents: [UInt32: Int] = [:]
  private var last: (probe: UInt32, clause: Int)?

  /// Appends `%3d %-41s ` with the arrow, indented.
  mutating func put(
    _ head: ProbeHead, clause: Int, cpu: UInt32, testing: Bool, into output: inout [UInt8]
  ) {
    var kind = head.kind
    // A second clause of the probe that fired last is the same call.
    if case .entry = kind, let last, last.probe == head.id, last.clause != clause { kind = .other }
    var indent = indents[cpu] ?? 0
    var arrow = "| "
    switch kind {
    case .entry(let call):
      arrow = call ? " => " : " -> "
      indents[cpu] = min(indent + 2, 1 << 12)
    case .exit(let call):
      arrow = call ? " <= " : " <- "
      indent = max(0, indent - 2)
      indents[cpu] = indent
    case .other: break
    }
    if !testing {
      output.put(decimal: Int64(cpu), width: 3)
      output.append(UInt8(ascii: " "))
    }
    let start = output.count
    output.put(blanks: indent)
    output.put(arrow)
    if case .other = kind { output += head.functionAndName } else { output += head.function }
    output.put(blanks: 41 - (output.count - start))
    output.append(UInt8(ascii: " "))
    last = (head.id, clause)
  }
}
