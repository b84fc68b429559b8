package import IR

/// The programs and maps that run `program` in the kernel. Clauses at hooks of the host's side (`packet`, `event`) are left out;
/// those of ERROR stand in every program that may fault.
package func emit(_ program: Program, options: EmitterOptions = EmitterOptions()) throws(EmitterError) -> EmittedObject
{
  try program.validate()
  do {
    return try emit(program, options, hasLargeScratch: false)
  } catch .scratchExceeded {
    return try emit(program, options, hasLargeScratch: true)
  }
}

private func emit(
  _ program: Program, _ options: EmitterOptions, hasLargeScratch: Bool
) throws(EmitterError) -> EmittedObject {
  var maps = MapTable(program, options, hasLargeScratch: hasLargeScratch)
  var programs: [ProgramSpec] = []
  var hooks: [Hook] = []
  var continuations: [(table: Int, programs: [ProgramSpec])] = []
  let postponement = Postponement(program)
  for (hook, clauses) in program.clausesByHook(postponement) {
    guard let attachment = hook.attachment(options, program) else { continue }
    // Once to find out what it needs, once with that known.
    var draft = HookEmitter(
      program, options, hook: hook, attachment: attachment, clauses: clauses,
      postponement: postponement?.concerning(hook), maps: maps, known: nil)
    try draft.emit()
    var final = HookEmitter(
      program, options, hook: hook, attachment: attachment, clauses: clauses,
      postponement: postponement?.concerning(hook), maps: maps, known: draft.needs)
    try final.emit()
    maps = final.maps
    let segments = try final.finished(number: programs.count)
    programs.append(segments[0])
    if let table = final.segmentTable { continuations.append((table, Array(segments.dropFirst()))) }
    hooks.append(hook)
  }
  for (table, segments) in continuations {
    maps.setSegments(table, to: Array(programs.count..<programs.count + segments.count))
    programs += segments
  }
  var object = EmittedObject(
    spec: ObjectSpec(maps: try maps.finished(), programs: programs), hooks: hooks, roles: maps.roles)
  object.spec.programs = programs
  return object
}

extension HookEmitter {
  /// The hook's program, and behind it those that it goes on in.
  fileprivate func finished(number: Int) throws(EmitterError) -> [ProgramSpec] {
    var programs: [ProgramSpec] = []
    for code in finishedSegments + [code] {
      do throws(Assembler.Failure) {
        let assembled = try code.assemble()
        programs.append(
          ProgramSpec(
            name: hook.programName(number, segment: programs.count), attachment: attachment,
            instructions: assembled.instructions,
            mapReferences: assembled.references, origins: assembled.origins, isContinuation: !programs.isEmpty))
      } catch {
        throw .assembler(error)
      }
    }
    return programs
  }
}

extension Program {
  /// The clauses of each hook in the order of the text; hooks in the order in which clauses first name them, but where firings
  /// are taken up again comes first: it is attached before any can be put off.
  fileprivate func clausesByHook(_ postponement: Postponement?) -> [(Hook, [Int])] {
    var order: [Hook] = []
    var clauses: [Hook: [Int]] = [:]
    if let resumption = postponement?.resumption {
      order.append(resumption)
      clauses[resumption] = []
    }
    for (number, clause) in self.clauses.enumerated() {
      var seen: Set<Hook> = []
      for probe in clause.probes {
        let hook = probes[probe].hook
        guard seen.insert(hook).inserted else { continue }
        if clauses[hook] == nil { order.append(hook) }
        clauses[hook, default: []].append(number)
      }
    }
    return order.map { ($0, clauses[$0] ?? []) }
  }
}

extension Program {
  /// Where the probes of a hook in processes' code are.
  fileprivate func places(of hook: Hook) -> [CodePlace] {
    probes.compactMap { probe in
      guard probe.hook == hook, let place = probe.place, let selector = probe.selector else { return nil }
      return CodePlace(place: place, cookie: UInt64(bitPattern: selector.value))
    }
  }
}

extension Hook {
  /// How the kernel runs this hook's program; nil when it has none of its own.
  fileprivate func attachment(_ options: EmitterOptions, _ program: Program) -> ProgramSpec.Attachment? {
    switch self {
    case .begin, .end: .called
    case .tick(let period): options.tracepointsCalled ? .called : .cpuClock(period: period, everyCPU: false)
    case .tracepoint(let name, _): options.tracepointsCalled ? .called : .tracepoint(name)
    case .profile(let period): .cpuClock(period: period)
    case .counter(let counter): .counter(counter)
    case .iterator(let name): .iterator(name)
    case .userCode(let isReturn): .userCode(isReturn: isReturn, places: program.places(of: self))
    case .traceEvent(let group, let name): .traceEvent(group: group, name: name)
    case .error, .packet, .event: nil
    }
  }

  /// At most 15 bytes of what the kernel takes in names (letters, digits, `_`, `.`), told apart by the numbers of the program and of what
  /// it goes on in.
  fileprivate func programName(_ number: Int, segment: Int) -> String {
    let name =
      switch self {
      case .begin: "BEGIN"
      case .end: "END"
      case .error: "ERROR"
      case .tick: "tick"
      case .profile: "profile"
      case .counter(let counter): counter.name
      case .tracepoint(let name, _): name
      case .iterator(let name): name
      case .userCode(let isReturn): isReturn ? "return" : "code"
      case .traceEvent(_, let name): name
      case .packet: "packet"
      case .event: "event"
      }
    let plain = name.utf8.filter {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
    }
    let suffix = segment == 0 ? "_\(number)" : "_\(number).\(segment)"
    return String(decoding: plain.prefix(15 - suffix.utf8.count), as: UTF8.self) + suffix
  }
}
