/// How one option is set: the values it takes, and when it may be (libdtrace `dt_options.c`).
struct OptionRule: Sendable {
  enum Stage: Sendable {
    /// Read by the compiler or at the start.
    case start
    /// May be set while tracing, by setopt().
    case anytime
  }
  typealias Setting = @Sendable (inout Options, String?) throws(Options.Problem) -> Void

  var stage = Stage.start
  /// Whether `#pragma D option` may set it.
  var inProgram = true
  let set: Setting

  /// Every option by its name.
  static let all: [String: OptionRule] = compile.merging(run) { first, _ in first }

  /// Those that the compiler reads.
  private static let compile: [String: OptionRule] = [
    "aggpercpu": flag(\.aggregationsPerCPU),
    "amin": OptionRule { options, value throws(Options.Problem) in
      guard let attributes = Attributes(try given(value)) else { throw .badValue }
      options.minimumAttributes = attributes
    },
    "argref": flag(\.unusedArguments),
    "core": flag(\.dumpsCore),
    "cpp": flag(\.preprocessor.isWanted),
    "cppargs": outside { options, value throws(Options.Problem) in
      options.preprocessor.arguments += try given(value).split(whereSeparator: \.isWhitespace).map(String.init)
    },
    "cpphdrs": outside { options, value throws(Options.Problem) in
      guard value == nil else { throw .badValue }
      options.preprocessor.arguments.append("-H")
    },
    "cpppath": outside { options, value throws(Options.Problem) in options.preprocessor.path = try given(value) },
    "ctfpath": acceptedOutside("ctfpath"),
    "ctypes": accepted("ctypes", .text),
    "defaultargs": flag(\.defaultArguments),
    "debug": flag(\.debug),
    "debugassert": accepted("debugassert", .oneOf(["mutexes"])),
    "define": preprocessing("-D"),
    "disasm": OptionRule { options, value throws(Options.Problem) in
      options.listings = try leadingInteger(value, atLeast: 0)
    },
    "dofstashpath": accepted("dofstashpath", .text),
    "droptags": OptionRule { options, _ in options.dropTags = true },
    "dtypes": accepted("dtypes", .text),
    "empty": flag(\.emptyPrograms),
    "encoding": OptionRule { options, value throws(Options.Problem) in
      guard let encoding = Options.Encoding(rawValue: try given(value)) else { throw .badValue }
      options.encoding = encoding
    },
    "errtags": flag(\.errorTags),
    "evaltime": OptionRule { options, value throws(Options.Problem) in
      guard let time = Options.EvaluationTime(rawValue: try given(value).lowercased()) else { throw .badValue }
      options.evaluationTime = time
    },
    "incdir": preprocessing("-I"),
    "iregs": OptionRule { options, value throws(Options.Problem) in
      let count = try leadingInteger(value, atLeast: 1)
      guard count <= 8 else { throw .badValue }
      guard count == 8 else { throw .registers }
      options.accepted["iregs"] = value
    },
    "kdefs": OptionRule { options, value throws(Options.Problem) in
      guard value == nil else { throw .badValue }
      options.undefinedKernelSymbols = false
    },
    "knodefs": flag(\.undefinedKernelSymbols),
    "late": accepted("late", .oneOf(["dynamic", "static"])),
    "lazyload": accepted("lazyload", .anything),
    "ldpath": acceptedOutside("ldpath"),
    "libdir": OptionRule { options, value throws(Options.Problem) in
      options.libraryDirectories.append(try given(value))
    },
    "linkmode": OptionRule { options, value throws(Options.Problem) in
      guard let mode = Options.LinkMode(rawValue: try given(value)) else { throw .badValue }
      options.linkMode = mode
    },
    "linktype": OptionRule { options, value throws(Options.Problem) in
      guard let type = Options.LinkType(rawValue: try given(value)) else { throw .badValue }
      options.linkType = type
    },
    "linknommap": accepted("linknommap", .anything),
    "modpath": acceptedOutside("modpath"),
    "noerror": flag(\.silentFaults),
    "nolibs": flag(\.noLibraries),
    "pgmax": accepted("pgmax", .integer(atLeast: 0)),
    "preallocate": accepted("preallocate", .size),
    "procfspath": acceptedOutside("procfspath"),
    "pspec": flag(\.prefersProbes),
    "stdc": outside { options, value throws(Options.Problem) in
      switch value {
      case "a", "c", "t": options.preprocessor.conformance = "-std=c99"
      case "s": options.preprocessor.conformance = "-traditional-cpp"
      default: throw .badValue
      }
    },
    "strip": OptionRule { options, value throws(Options.Problem) in
      guard value == nil else { throw .badValue }
      options.strips = true
    },
    "syslibdir": accepted("syslibdir", .text),
    "sysslice": accepted("sysslice", .text),
    "tree": OptionRule { options, value throws(Options.Problem) in
      options.parseTrees = try leadingInteger(value, atLeast: 1)
    },
    "tregs": OptionRule { options, value throws(Options.Problem) in
      options.tupleRegisters = try leadingInteger(value, atLeast: 1)
    },
    "udefs": accepted("udefs", .nothing),
    "undef": preprocessing("-U"),
    "unodefs": accepted("unodefs", .nothing),
    "useruid": accepted("useruid", .integer(atLeast: 0)),
    "verbose": flag(\.disassembles),
    "version": OptionRule { options, value throws(Options.Problem) in options.version = try version(value) },
    "zdefs": flag(\.zeroMatches),
  ]

  /// Those that the run reads.
  private static let run: [String: OptionRule] = [
    "aggsize": size(\.aggregationSize),
    "bpflog": OptionRule { options, value throws(Options.Problem) in
      options.tellsVerifierLog = try number(value) != nil
    },
    "bpflogsize": OptionRule { options, value throws(Options.Problem) in
      options.verifierLogSize = value == nil ? nil : try bytes(value)
    },
    "bufsize": size(\.bufferSize),
    "bufpolicy": OptionRule { options, value throws(Options.Problem) in
      guard let policy = Options.BufferPolicy(rawValue: try given(value)) else { throw .badValue }
      options.bufferPolicy = policy
    },
    "bufresize": accepted("bufresize", .oneOf(["auto", "manual"])),
    "cleanrate": accepted("cleanrate", .rate),
    "cpu": OptionRule { options, value throws(Options.Problem) in options.cpu = try number(value) },
    "destructive": onOff(\.destructive),
    "dynvarsize": size(\.dynamicVariableSize),
    "grabanon": accepted("grabanon", .number),
    "jstackframes": accepted("jstackframes", .number),
    "jstackstrsize": accepted("jstackstrsize", .size),
    "lockmem": outside { options, value throws(Options.Problem) in
      guard value != nil else { throw .badValue }
      if value != "unlimited" { _ = try bytes(value) }
      options.accepted["lockmem"] = value
    },
    "maxframes": count(\.maximumFrames, in: 1...1024),
    "nspec": count(\.speculations, in: 0...Int(Int32.max)),
    "pcapsize": OptionRule { options, value throws(Options.Problem) in
      let size = try bytes(value)
      guard (1...65_536).contains(size) else { throw .badValue }
      options.packetSize = size
    },
    "scratchsize": OptionRule { options, value throws(Options.Problem) in
      options.scratchSize = min(max(try bytes(value), 8), 1 << 18)
    },
    "specsize": size(\.speculationSize),
    "stackframes": count(\.stackFrames, in: 1...1024),
    "statusrate": rate(\.statusRate),
    "strsize": OptionRule { options, value throws(Options.Problem) in
      let size = try bytes(value)
      guard (2...65_536).contains(size) else { throw .badValue }
      options.stringSize = size
    },
    "ustackframes": count(\.userStackFrames, in: 1...1024),
    "noresolve": OptionRule { options, value throws(Options.Problem) in
      options.resolvesUserCode = try number(value) == nil
    },
    "temporal": accepted("temporal", .number),
    "compat": OptionRule { options, value throws(Options.Problem) in
      guard value == "solaris" else { throw .badValue }
      options.solaris = true
      // Solaris' scratch is what is left of a buffer of megabytes: its scripts copy in whatever a program reads at once.
      options.scratchSize = max(options.scratchSize, 1 << 18)
    },
    "agghist": onOff(\.histogram).atAnyTime,
    "aggpack": onOff(\.packed).atAnyTime,
    "aggrate": accepted("aggrate", .rate).atAnyTime,
    "aggsortkey": onOff(\.sortByKey).atAnyTime,
    "aggsortkeypos": count(\.sortKeyPosition, in: 0...1024).atAnyTime,
    "aggsortpos": count(\.sortPosition, in: 0...1024).atAnyTime,
    "aggsortrev": onOff(\.sortReversed).atAnyTime,
    "aggzoom": onOff(\.zoomed).atAnyTime,
    "flowindent": onOff(\.flowIndent).atAnyTime,
    "quiet": onOff(\.quiet).atAnyTime,
    "quietresize": accepted("quietresize", .number).atAnyTime,
    "rawbytes": onOff(\.rawBytes).atAnyTime,
    "stackindent": count(\.stackIndent, in: 0...120).atAnyTime,
    "switchrate": rate(\.switchRate).atAnyTime,
    "printsize": OptionRule { options, value throws(Options.Problem) in
      let size = value == nil ? 8192 : try bytes(value)
      options.printSize = (((1...65_536).contains(size) ? size : 8192) + 7) & ~7
    }.atAnyTime,
  ]
}
