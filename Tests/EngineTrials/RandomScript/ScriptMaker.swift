import Support

/// Makes a random script from the grammar.
struct ScriptMaker {
  private var random: RandomProgram.Generator
  private let grammar: Grammar
  /// What must not be used in the clause at hand.
  private var isInError = false
  private var isAtEntry = false
  private var budget = 0

  init(seed: UInt64, grammar: Grammar) {
    random = RandomProgram.Generator(seed: seed &* 0x9e37_79b9 &+ 77)
    self.grammar = grammar
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  private mutating func pick<T>(_ choices: [T]) -> T { choices[number(0...choices.count - 1)] }

  private mutating func pick(from templates: [Grammar.Template]) -> String {
    let fit = templates.filter { !(isInError && $0.isOfMoment) && !(isAtEntry && $0.isOfProcess) }
    var left = number(0...fit.reduce(0) { $0 + $1.weight } - 1)
    for template in fit {
      left -= template.weight
      if left < 0 { return template.text }
    }
    return fit[0].text
  }

  // MARK: Pieces

  private mutating func integer(_ depth: Int) -> Piece {
    budget -= 1
    if depth <= 0 || budget <= 0 || number(0...4) == 0 {
      if number(0...2) == 0 { return fill(pick(grammar.integerVariables), .integer, depth - 1) }
      return fill(pick(from: grammar.plainIntegers), .integer, depth - 1)
    }
    return fill(pick(from: grammar.integers), .integer, depth - 1)
  }

  private mutating func text(_ depth: Int) -> Piece {
    budget -= 1
    if depth <= 0 || budget <= 0 || number(0...3) == 0 {
      if number(0...2) == 0 { return fill(pick(grammar.textVariables), .text, depth - 1) }
      return fill(pick(from: grammar.plainTexts), .text, depth - 1)
    }
    return fill(pick(from: grammar.texts), .text, depth - 1)
  }

  private mutating func statement(_ depth: Int) -> Piece { fill(pick(from: grammar.statements), .statement, depth) }

  /// The template with its holes filled.
  private mutating func fill(_ template: String, _ kind: Piece.Kind, _ depth: Int) -> Piece {
    var piece = Piece(kind, words: [""], children: [])
    var rest = Array(template)[...]
    func isHole(_ character: Character) -> Bool { "isvwnb%".contains(character) }
    while let character = rest.popFirst() {
      guard character == "%", let hole = rest.first, isHole(hole) else {
        piece.words[piece.words.count - 1].append(character)
        continue
      }
      rest.removeFirst()
      switch hole {
      case "i": add(depth < -3 ? Piece(.integer, "\(number(0...9))") : integer(depth), to: &piece)
      case "s": add(depth < -3 ? Piece(.text, "\"k\"") : text(depth), to: &piece)
      case "v":
        // No child of its own, so that shrinking does not put a number where a variable must stand.
        piece.words[piece.words.count - 1] += fill(pick(grammar.integerVariables), .integer, min(depth, 0) - 1).text
      case "w":
        piece.words[piece.words.count - 1] += fill(pick(grammar.textVariables), .text, min(depth, 0) - 1).text
      case "n": piece.words[piece.words.count - 1] += String(number(0...2))
      case "b":
        let count = depth > 0 ? number(0...2) : 1
        for _ in 0..<count { add(depth > 0 ? statement(depth - 1) : Piece(.statement, "u8++;"), to: &piece) }
      default: piece.words[piece.words.count - 1].append("%")
      }
    }
    return piece
  }

  private func add(_ child: Piece, to piece: inout Piece) {
    piece.children.append(child)
    piece.words.append("")
  }

  // MARK: The script

  mutating func make(seed: UInt64) -> RandomScript {
    var script = RandomScript(
      seed: seed, options: ["strsize=\(pick([8, 16, 32, 64, 256]))"], declarations: grammar.declarations, clauses: [],
      inputs: [], entries: pick([3, 16, 64]))
    if number(0...3) == 0 { script.options.append("scratchsize=\(pick([32, 256]))") }
    for _ in 0..<number(1...4) { script.clauses.append(clause(Self.probes[number(0...Self.probes.count - 1)])) }
    if number(0...2) == 0 { script.clauses.insert(clause("BEGIN"), at: 0) }
    if number(0...4) == 0 { script.clauses.append(clause("END")) }
    if number(0...1) == 0 {
      var error = clause("ERROR")
      error.predicate = nil
      error.body.insert(Piece(.statement, "faults++; printf(\"fault %d %d %x\\n\", arg2, arg4, arg5);"), at: 0)
      script.clauses.insert(error, at: number(0...script.clauses.count))
    }
    for _ in 0..<number(4...16) { script.inputs.append(input(pick(Self.fired))) }
    return script
  }

  private static let probes = [
    "syscall::read:entry", "syscall::write:entry", "syscall::write:return", "syscall::close:return",
    "syscall::read:entry,\nsyscall::write:entry", "syscall::write:return,\nsyscall::close:return",
    "syscall::read:entry,\nsyscall::close:return", "syscall::write:entry",
  ]
  private static let fired = [
    "syscall::read:entry", "syscall::write:entry", "syscall::write:return", "syscall::close:return",
  ]

  private mutating func clause(_ probes: String) -> RandomScript.Clause {
    isInError = probes == "ERROR"
    isAtEntry = probes.contains("entry")
    budget = 40
    var made = RandomScript.Clause(probes: probes, predicate: nil, body: [])
    if number(0...2) == 0 { made.predicate = integer(2) }
    if !grammar.beginnings.isEmpty, !isInError, number(0...7) == 0 {
      let beginning = pick(grammar.beginnings)
      made.body.append(fill(beginning.text, .statement, 1))
      if beginning.isAlone { return made }
    }
    for _ in 0..<number(1...5) { made.body.append(statement(number(0...3))) }
    return made
  }

  /// Every firing has all of the process's memory, so that one tells as much as the other.
  static let memory: [UInt64] = [0x20000, 0x21000]

  private mutating func input(_ probe: String) -> ConformanceInput {
    var input = ConformanceInput(probe: probe)
    let edges: [UInt64] = [0, 1, 2, 3, 10, 127, 128, 255, 65535, 0x7fff_ffff, .max, 1 << 63, 0x20000, 0x21000]
    // A call's return has its result alone.
    for argument in 0..<6 where probe.hasSuffix("entry") && number(0...1) == 0 {
      input.numbers["arg\(argument)"] = number(0...3) == 0 ? random.next() : pick(edges)
    }
    if probe.hasSuffix("return") {
      let result = pick([0, 1, 5, 4096, UInt64(bitPattern: -2), UInt64(bitPattern: -38), 0x20000])
      (input.numbers["arg0"], input.numbers["arg1"]) = (result, result)
      if Int64(bitPattern: result) < 0 { input.numbers["errno"] = 0 &- result }
    }
    input.numbers["tid"] = UInt64(1000 + number(0...2))
    input.numbers["uid"] = pick([0, 1000])
    input.texts["execname"] = pick(["sh", "srg", "exactly15bytes.", ""])
    for address in Self.memory { input.memory[address] = pick(Self.contents) }
    return input
  }

  private static let contents = [
    "", "x", "/etc/passwd", "a text that is longer than most of the others are", "12 13", "one,two;three",
    "{\"a\": [0, {\"b\": 7}]}",
  ]
}

extension RandomScript {
  package init(seed: UInt64, grammar: Grammar = .usable) {
    var maker = ScriptMaker(seed: seed, grammar: grammar)
    self = maker.make(seed: seed)
  }

  /// What a process has in its memory at every firing: also at BEGIN and END.
  package static let memory = ScriptMaker.memory
}
