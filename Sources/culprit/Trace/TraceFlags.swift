import DSemantics
import Files
import Rules
import Session

/// dtrace(1)'s flags, read as getopt(3) reads them: letters may stand together, a value in the same word or the next, and arguments
/// between them.
struct TraceFlags {
  enum Problem: Error {
    case unknown(Character)
    case needsValue(String)
    case unknownWord(String)
    /// The data model of `-3` and `-6`.
    case illegal(String)
    /// As `-x NAME` or `-b VALUE`.
    case badOption(String, String)
    case badPID(String)
    case unreadable(FileError)
    case together(String)
  }

  /// What is to be done with the programs.
  enum Mode: Equatable {
    case run, list, version, link, header, help
  }

  var request = TraceRequest()
  var mode = Mode.run
  /// `-o FILE`
  var output: String?
  /// `-B`: records are described, not printed.
  var describesBuffers = false
  private var modes = 0

  private static let plain: Set<Character> = [
    "a", "A", "B", "C", "e", "F", "G", "h", "H", "l", "q", "S", "v", "V", "w", "Z",
  ]
  private static let valued: Set<Character> = [
    "3", "6", "b", "c", "D", "f", "i", "I", "L", "m", "n", "o", "p", "P", "s", "U", "x", "X",
  ]

  /// What the words are, before any is obeyed.
  private enum Word {
    case letter(Character)
    case value(Character, String, clause: String)
    case long(String, String?)
  }

  init(
    _ arguments: [String], program: String, environment: [String: String], read: (String) throws(FileError) -> String
  ) throws(Problem) {
    request.program = program
    request.testing = environment["_DTRACE_TESTING"] != nil
    let words = try split(arguments)
    // The environment first, so that the command line has the last word; what is wrong with it is nobody's business.
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("DTRACE_OPT_") {
      try? request.options.set(name.dropFirst(11).lowercased(), value.isEmpty ? nil : value)
    }
    for word in words {
      switch word {
      case .letter(let letter): try set(letter)
      case .value(let letter, let value, let clause): try set(letter, value, clause, read)
      case .long(let name, let value): try set(long: name, value)
      }
    }
    // What -G is told besides are the objects that use the probes: nothing needs to be done to them.
    if mode == .link { request.arguments = [] }
    if modes > 1 { throw .together("only one of the [-GhlV] options can be specified at a time") }
    if describesBuffers, mode != .run { throw .together("-B not valid in combination with [-Gl] options") }
    if describesBuffers, mode == .run, output == nil {
      throw .together(
        "-B shows how libdtrace hands its records on; there is no libdtrace here: -x rawbytes shows bytes")
    }
    if describesBuffers, output != nil { throw .together("-B not valid in combination with -o option") }
  }

  /// Sorts the words into flags with their values, and arguments of the programs.
  private mutating func split(_ arguments: [String]) throws(Problem) -> [Word] {
    var words: [Word] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--" {
        request.arguments += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        request.arguments.append(word)
        continue
      }
      if word.hasPrefix("--") {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        guard ["--help", "--version", "--interface", "--header"].contains(parts[0]) else { throw .unknownWord(word) }
        var value: String?
        if parts[0] == "--interface" {
          value = parts.count > 1 ? parts[1] : rest.popFirst()
          guard value != nil else { throw .needsValue(word) }
        }
        words.append(.long(parts[0], value))
        continue
      }
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        if Self.plain.contains(letter) {
          words.append(.letter(letter))
          continue
        }
        guard Self.valued.contains(letter) || isOurs(letter) else { throw .unknown(letter) }
        guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else { throw .needsValue("\(letter)") }
        letters = ""
        // Under our own name a clause may follow the description in a word of its own: `-n syscall:::entry '/pid == 1/ { … }'`.
        var clause = ""
        if request.program != "dtrace", "Pmfni".contains(letter), let next = rest.first,
          next.hasPrefix("/") || next.hasPrefix("{")
        {
          rest = rest.dropFirst()
          clause = " " + next
        }
        words.append(.value(letter, value, clause: clause))
      }
    }
    return words
  }

  /// `-r FILE`, which dtrace(1) has not.
  private func isOurs(_ letter: Character) -> Bool { letter == "r" && request.program != "dtrace" }

  private mutating func set(long name: String, _ value: String?) throws(Problem) {
    switch name {
    case "--version": mode = .version
    case "--header": choose(.header)
    default: if let value { request.interfaces.append(value) } else { mode = .help }
    }
  }

  private mutating func set(_ letter: Character) throws(Problem) {
    switch letter {
    case "e": request.compileOnly = true
    case "B": describesBuffers = true
    case "C": request.options.preprocessor.isWanted = true
    case "F": try setOption("flowindent", nil, as: "-F")
    case "H": try setOption("cpphdrs", nil, as: "-H")
    case "q": try setOption("quiet", nil, as: "-q")
    case "v": request.verbose = true
    case "w": try setOption("destructive", nil, as: "-w")
    case "S": request.options.disassembles = true
    case "Z": request.options.zeroMatches = true
    case "l": choose(.list)
    case "V": choose(.version)
    case "G": choose(.link)
    case "h" where request.program == "dtrace": choose(.header)
    case "h": mode = .help
    case "a", "A":
      throw .together(
        "-\(letter) is for tracing from the boot on, which only a kernel that runs D by itself can do: start "
          + "\(request.program) as early as the system lets programs start")
    default: throw .unknown(letter)
    }
  }

  private mutating func choose(_ mode: Mode) {
    self.mode = mode
    modes += 1
    // What is only listed or linked need not be there.
    if mode != .version { request.options.zeroMatches = true }
  }

  private mutating func set(
    _ letter: Character, _ value: String, _ clause: String, _ read: (String) throws(FileError) -> String
  ) throws(Problem) {
    switch letter {
    case "3":
      guard value == "2" else { throw .illegal("3\(value)") }
      request.options.narrowLongs = true
    case "6":
      guard value == "4" else { throw .illegal("6\(value)") }
      request.options.narrowLongs = false
    case "b": try setOption("bufsize", value, as: "-b \(value)")
    case "D": try setOption("define", value, as: "-D \(value)")
    case "I": try setOption("incdir", value, as: "-I \(value)")
    case "L": try setOption("libdir", value, as: "-L \(value)")
    case "U": try setOption("undef", value, as: "-U \(value)")
    case "X": try setOption("stdc", value, as: "-X \(value)")
    case "x":
      let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      try setOption(parts[0], parts.count > 1 ? parts[1] : nil, as: "-x \(parts[0])")
    case "c": request.commands.append(value)
    case "o": output = value
    case "p":
      guard let pid = UInt32(value), pid > 0 else { throw .badPID(value) }
      request.targets.append(pid)
    case "r": request.replay.append(value)
    case "n", "i": add(value + clause, endingAt: .name)
    case "P": add(value + clause, endingAt: .provider)
    case "m": add(value + clause, endingAt: .module)
    case "f": add(value + clause, endingAt: .function)
    case "s":
      do throws(FileError) {
        request.pieces.append(.init(isScript: true, label: value, text: program(try read(value), of: value)))
      } catch {
        throw .unreadable(error)
      }
    default: throw .unknown(letter)
    }
  }

  private mutating func add(_ text: String, endingAt part: TraceRequest.Piece.LastPart) {
    // As dtrace crops the name that its notice shows.
    let label = String(text.prefix { !"{/;".contains($0) })
    request.pieces.append(.init(isScript: false, label: label, text: text, lastPart: part))
  }

  private mutating func setOption(_ name: String, _ value: String?, as written: String) throws(Problem) {
    do {
      try request.options.set(name, value)
    } catch {
      throw .badOption(written, error.text)
    }
  }
}

extension TraceFlags.Problem {
  /// Whether dtrace(1) answers with exit code 2, for a command line that cannot be read.
  var isUsage: Bool {
    switch self {
    case .unknown, .needsValue, .unknownWord, .illegal, .together: true
    case .badOption, .badPID, .unreadable: false
    }
  }

  /// Whether its usage follows.
  var showsUsage: Bool {
    if case .together = self { false } else { isUsage }
  }

  var text: String {
    switch self {
    case .unknown(let letter): "invalid option -- '\(letter)'"
    case .needsValue(let letter): "option requires an argument -- '\(letter)'"
    case .unknownWord(let word): "unrecognized option '\(word)'"
    case .illegal(let value): "illegal option -- \(value)"
    case .badOption(let flag, let why): "failed to set \(flag): \(why)"
    case .badPID(let value): "invalid pid: \(value)"
    case .unreadable(let error): "failed to \(error)"
    case .together(let text): text
    }
  }
}

/// A script's text; of a rule behind its parameters, with the values that they have when nobody sets them.
private func program(_ text: String, of path: String) -> String {
  guard Rule.isRule(text), let rule = Rule.reading(text, file: path, pack: "").rule else { return text }
  return rule.program()
}
