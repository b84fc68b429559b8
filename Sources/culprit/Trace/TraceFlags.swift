import DSemantics
import Files
import Session

/// dtrace(1)'s flags, read as getopt(3) reads them: letters may stand together, a value in the same word or the next.
struct TraceFlags {
  enum Problem: Error {
    case unknown(String)
    case needsValue(String)
    case badOption(String, String)
    case badValue(flag: String, String)
    case unreadable(FileError)
  }

  var request = TraceRequest()
  /// `-l`
  var list = false
  var help = false
  /// `-o FILE`
  var output: String?

  private static let valued: Set<Character> = [
    "B", "b", "c", "D", "f", "i", "I", "L", "m", "n", "o", "p", "P", "r", "s", "U", "x", "X",
  ]

  init(
    _ arguments: [String], program: String, environment: [String: String], read: (String) throws(FileError) -> String
  ) throws(Problem) {
    request.program = program
    request.testing = environment["_DTRACE_TESTING"] != nil
    try setFromEnvironment(environment)
    var rest = arguments[...]
    while let word = rest.first {
      if word == "--" {
        rest = rest.dropFirst()
        break
      }
      guard word.hasPrefix("-"), word != "-" else { break }
      rest = rest.dropFirst()
      if word.hasPrefix("--") {
        try long(word, &rest)
      } else {
        try letters(word.dropFirst(), &rest, read)
      }
    }
    request.arguments = Array(rest)
  }

  /// `DTRACE_OPT_NAME=value` is `-x name=value`.
  private mutating func setFromEnvironment(_ environment: [String: String]) throws(Problem) {
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("DTRACE_OPT_") {
      try setOption(name.dropFirst(11).lowercased(), value.isEmpty ? nil : value)
    }
  }

  private mutating func long(_ word: String, _ rest: inout ArraySlice<String>) throws(Problem) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    switch parts[0] {
    case "--help": help = true
    case "--interface":
      guard let name = parts.count > 1 ? parts[1] : rest.popFirst() else { throw .needsValue(word) }
      request.interfaces.append(name)
    default: throw .unknown(word)
    }
  }

  private mutating func letters(
    _ word: Substring, _ rest: inout ArraySlice<String>, _ read: (String) throws(FileError) -> String
  ) throws(Problem) {
    var letters = word
    while let letter = letters.popFirst() {
      guard Self.valued.contains(letter) else {
        try set(letter)
        continue
      }
      let value = letters.isEmpty ? rest.popFirst() : String(letters)
      guard let value else { throw .needsValue("-\(letter)") }
      // A clause may follow the description in a word of its own: `-n syscall:::entry '/pid == 1/ { … }'`.
      var clause = ""
      if "Pmfni".contains(letter), let next = rest.first, next.hasPrefix("/") || next.hasPrefix("{") {
        rest = rest.dropFirst()
        clause = next
      }
      try set(letter, value, clause, read)
      return
    }
  }

  private mutating func set(_ letter: Character) throws(Problem) {
    switch letter {
    case "e": request.compileOnly = true
    case "F": try setOption("flowindent", nil)
    case "h": help = true
    case "l": list = true
    case "q": try setOption("quiet", nil)
    case "v": request.verbose = true
    case "w": try setOption("destructive", nil)
    case "Z": try setOption("zdefs", nil)
    case "C": try setOption("cpp", nil)
    case "H": try setOption("cpphdrs", nil)
    case "S": try setOption("disasm", nil)
    default: throw .unknown("-\(letter)")
    }
  }

  private mutating func set(
    _ letter: Character, _ value: String, _ clause: String, _ read: (String) throws(FileError) -> String
  ) throws(Problem) {
    switch letter {
    case "b": try setOption("bufsize", value)
    case "D": try setOption("define", value)
    case "I": try setOption("incdir", value)
    case "U": try setOption("undef", value)
    case "L": try setOption("libdir", value)
    case "X": try setOption("stdc", value)
    case "c": request.command = value
    case "o": output = value
    case "p":
      guard let pid = UInt32(value), pid > 0 else { throw .badValue(flag: "-p", value) }
      request.target = pid
    case "r": request.replay = value
    case "x":
      let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
      try setOption(parts[0], parts.count > 1 ? parts[1] : nil)
    case "n": add(value, clause)
    case "P": add("\(value):::", clause)
    case "m": add(value + "::", clause)
    case "f": add(value + ":", clause)
    case "i": add(value, clause)
    case "s":
      do throws(FileError) {
        request.pieces.append(.init(isScript: true, label: value, text: try read(value)))
      } catch {
        throw .unreadable(error)
      }
    default: throw .unknown("-\(letter)")
    }
  }

  private mutating func add(_ description: String, _ clause: String) {
    var text = clause.isEmpty ? description : description + " " + clause
    // Each flag's text is a program: a description without actions does not reach into the next.
    if let last = text.last(where: { !$0.isWhitespace }), last != ";", last != "}" { text += " {}" }
    // As dtrace crops the name that its notice shows.
    let label = description.prefix { !"{/;".contains($0) }
    request.pieces.append(
      .init(isScript: false, label: label.isEmpty ? description : String(label), text: text))
  }

  private mutating func setOption(_ name: String, _ value: String?) throws(Problem) {
    do {
      try request.options.set(name, value)
    } catch {
      throw .badOption(name, error.text)
    }
  }
}

extension TraceFlags.Problem {
  /// Whether dtrace(1) answers with its usage.
  var isUsage: Bool {
    switch self {
    case .unknown, .needsValue: true
    case .badOption, .badValue, .unreadable: false
    }
  }

  var text: String {
    switch self {
    case .unknown(let flag): "invalid option \(flag); try --help"
    case .needsValue(let flag): "option \(flag) needs a value"
    case .badOption(let name, let why): "failed to set option '\(name)': \(why)"
    case .badValue(let flag, let value): "\(flag): '\(value)' is no such thing"
    case .unreadable(let error): "failed to \(error)"
    }
  }
}
