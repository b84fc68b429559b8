import IR
import Source

/// D's built-in variables (DTrace guide, "Variables"; libdtrace `dt_open.c`): each name, what it becomes and its type.
enum BuiltinVariables {
  static func find(_ name: String, at range: SourceRange) -> Typed? {
    if let (builtin, type) = integers[name] { return Typed(.builtin(builtin), type, range) }
    if let text = texts[name] { return Typed(.textBuiltin(text), .string, range) }
    if let part = parts[name] { return Typed(.probePart(part), .string, range) }
    if name.hasPrefix("arg"), let number = Int(name.dropFirst(3)), (0...9).contains(number), name.utf8.count == 4 {
      return Typed(.argument(number), .int64, range)
    }
    if name == "lgrp" || name == "chip" {
      return Typed(.integer(0), named(name == "lgrp" ? "lgrp_id_t" : "chipid_t"), range)
    }
    if name == "curpsinfo" {
      let task = Typed(.builtin(.currentTask), .uint64, range)
      return Typed(.convert(task), .pointer(.translated("psinfo_t"), userland: false), range)
    }
    return nil
  }

  /// Every name, for near misses.
  static let names = integers.keys.sorted() + texts.keys.sorted() + parts.keys.sorted() + ["curpsinfo", "args"]

  private static func named(_ name: String) -> DType { TypeTable.baseTypes[name] ?? .int }

  private static let integers: [String: (Builtin, DType)] = [
    "pid": (.pid, named("pid_t")), "tid": (.tid, named("id_t")), "ppid": (.ppid, named("pid_t")),
    "uid": (.uid, named("uid_t")), "gid": (.gid, named("gid_t")), "cpu": (.cpu, named("processorid_t")),
    "timestamp": (.timestamp, .uint64), "vtimestamp": (.vtimestamp, .uint64),
    // Darwin's clocks count in its own units; these are nanoseconds, and `mtons()` leaves them so.
    "machtimestamp": (.timestamp, .uint64), "machctimestamp": (.timestamp, .uint64),
    "walltimestamp": (.walltimestamp, .int64), "errno": (.errno, .int),
    "id": (.probeID, named("uint_t")), "epid": (.enabledProbeID, .uint64),
    "stackdepth": (.stackDepth, named("uint32_t")), "ustackdepth": (.userStackDepth, named("uint32_t")),
    "caller": (.kernelPC, named("uintptr_t")), "ucaller": (.userCaller, .uint64),
  ]

  private static let texts: [String: TextBuiltin] = ["execname": .execname, "cwd": .currentDirectory]

  private static let parts: [String: ProbePart] = [
    "probeprov": .provider, "probemod": .module, "probefunc": .function, "probename": .name,
  ]
}
