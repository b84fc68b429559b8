/// D's options with their defaults (libdtrace `dt_open.c`): from `-x`, `#pragma D option`, `DTRACE_OPT_*` and setopt(). Sizes in bytes,
/// times in nanoseconds. What each is set by is in `OptionRule`.
package struct Options: Sendable {
  // MARK: Sizes
  package var stringSize = 256
  package var bufferSize = 4 << 20
  package var bufferPolicy = BufferPolicy.switching
  package var aggregationSize = 4 << 20
  /// Bytes that a firing may allocate.
  package var scratchSize = 8192
  package var dynamicVariableSize = 1 << 20
  /// How many speculations may be under way at once, and the bytes of each.
  package var speculations = 1
  package var speculationSize = 4 << 20
  package var stackFrames = 20
  package var userStackFrames = 100
  package var maximumFrames = 127
  package var printSize = 8192
  package var tupleRegisters = 16

  // MARK: What is printed, and when
  package var quiet = false
  package var flowIndent = false
  package var rawBytes = false
  package var stackIndent = 14
  /// Addresses of processes are named by function (`noresolve` turns that off).
  package var resolvesUserCode = true
  package var aggregationsPerCPU = false
  /// Aggregations as bars, packed, zoomed (`agghist`, `aggpack`, `aggzoom`), and what bars are drawn with.
  package var histogram = false
  package var packed = false
  package var zoomed = false
  package var encoding: Encoding?
  package var sortByKey = false
  package var sortReversed = false
  package var sortKeyPosition = 0
  package var sortPosition = 0
  package var switchRate: UInt64 = 1_000_000_000
  package var statusRate: UInt64 = 1_000_000_000
  package var errorTags = false
  package var dropTags = false
  /// Faults are not told (`noerror`); ERROR clauses fire all the same.
  package var silentFaults = false
  /// Prints the programs of the kernel before they run (`-S`).
  package var disassembles = false
  /// Which of the listings, as bits (`disasm`): clauses, programs, linked ones, and those that are loaded.
  package var listings = 1
  /// Prints what the kernel's verifier says of the programs that it takes, too (`bpflog`), of each no more than so many bytes
  /// (`bpflogsize`).
  package var tellsVerifierLog = false
  package var verifierLogSize: Int?
  package var debug = false
  /// Ends with a core dump (`core`).
  package var dumpsCore = false

  // MARK: What is permitted, and how the text is read
  package var destructive = false
  package var zeroMatches = false
  package var defaultArguments = false
  /// The last of the script's arguments need not be used.
  package var unusedArguments = false
  package var emptyPrograms = false
  package var prefersProbes = false
  /// Kernel symbols may stay unresolved (`knodefs`), and are resolved when the program is loaded (`linkmode=dynamic`).
  package var undefinedKernelSymbols = false
  package var linkMode = LinkMode.kernel
  /// What `-G` writes (`linktype`), and whether without the comment that says who wrote it (`strip`).
  package var linkType = LinkType.elf
  package var strips = false
  /// What a program may rely on at least (`amin`).
  package var minimumAttributes: Attributes?
  package var version: String?
  /// `long` and its like have 4 bytes (`-32`): for the structures of 32-bit programs.
  package var narrowLongs = false
  package var preprocessor = PreprocessorOptions()
  /// Directories of D libraries (`-L`), in the order they were given.
  package var libraryDirectories: [String] = []
  package var noLibraries = false
  /// Where a command of the run waits until tracing has begun.
  package var evaluationTime = EvaluationTime.postinit
  /// The one CPU whose firings count; nil is all.
  package var cpu: Int?
  /// Solaris' names of the article's day stand for their Linux successors.
  package var solaris = false
  /// How many bytes of a packet pcap() takes (`pcapsize`).
  package var packetSize = 1514
  /// Which parse trees are shown, a bit each (`tree`).
  package var parseTrees = 0
  /// Options that are known and change nothing here, with the value that was given.
  package var accepted: [String: String] = [:]

  package init() {}

  /// What of `bufsize` the ring of the records can be: at least a page, at most 1 GiB.
  package var ringSize: Int { min(max(bufferSize, 4096), Self.largestBuffer) }
  package static let largestBuffer = 1 << 30

  /// `evaltime` (DTrace for Linux, `COMMANDLINE-OPTIONS`): at the exec, at the program's first instruction, or at main(), when its
  /// constructors have run; the last two are the same here, as they are there.
  package enum EvaluationTime: String, Sendable { case exec, preinit, postinit, main }

  /// `bufpolicy` (guide, "Buffers and Buffering"): records are printed as they come; or at the end, the last ones or the first.
  package enum BufferPolicy: String, Sendable { case switching = "switch", ring, fill }

  package enum LinkMode: String, Sendable, CaseIterable { case kernel, dynamic, `static` }

  package enum LinkType: String, Sendable { case elf, dof }

  package enum Encoding: String, Sendable, CaseIterable { case ascii, utf8 }

  /// The C preprocessor of `-C`.
  package struct PreprocessorOptions: Sendable, Equatable {
    package var isWanted = false
    package var path = "cpp"
    /// `-D`, `-U`, `-I`, `-H` and `-x cppargs`, as it takes them, in the order they were given.
    package var arguments: [String] = []
    /// `-X`: the conformance that is asked for, as it takes it.
    package var conformance: String?
    package init() {}
  }

  /// What is wrong with an option, in the words of libdtrace's `dt_error.c`.
  package enum Problem: String, Error {
    case unknown = "Invalid option name"
    case badValue = "Invalid value for specified option"
    case notInProgram = "Option cannot be used from within a D program"
    case notWhileTracing = "Operation illegal when tracing is active"
    case badVersion = "Version is not properly formatted or is too large"
    case unknownVersion = "Requested version is not supported by compiler"
    case registers = "Insufficient registers to generate code"
    package var text: String { rawValue }
  }

  /// Who sets an option.
  package enum Setter: Sendable {
    case commandLine
    /// `#pragma D option`
    case program
    /// setopt() of a program that runs
    case action
  }

  /// Sets an option by its name, as `-x name=value` gives it; nothing is changed when that is refused.
  package mutating func set(_ name: String, _ value: String?, by setter: Setter = .commandLine) throws(Problem) {
    guard let rule = OptionRule.all[name] else { throw .unknown }
    if setter == .action, rule.stage != .anytime { throw .notWhileTracing }
    if setter == .program, !rule.inProgram { throw .notInProgram }
    try rule.set(&self, value)
  }
}
