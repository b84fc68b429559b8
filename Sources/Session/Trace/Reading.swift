import DSemantics
import DSyntax
import Source

/// A request's pieces as one tree: each is read as what it is, with its own lines, behind the libraries that were asked for.
struct Reading {
  let request: TraceRequest
  let source: SourceText
  /// The program: what the pieces say, and what the libraries declare.
  private(set) var script = Script()
  /// The same with the libraries' own clauses, which are checked and never run; nil when they have none.
  private(set) var withLibraryClauses: Script?
  /// How many of the source's pieces are libraries; they come first.
  let libraryCount: Int
  /// What was found wrong; empty under the name dtrace, which stops at the first mistake.
  private(set) var misread = Diagnostics()

  /// The longest text that is read, in bytes: one that only a mistake made is told of at once instead of after seconds.
  private static let textLimit = 4 << 20

  init(_ request: TraceRequest, target: UInt32?) throws(TraceProblem) {
    let libraries: [(path: String, text: String)]
    do {
      libraries = try LibraryFiles(request.options).files
    } catch {
      throw .input(error.text)
    }
    self.request = request
    libraryCount = libraries.count
    let texts =
      libraries.map { (name: $0.path, bytes: Array($0.text.utf8)) }
      + request.pieces.map { (name: $0.isScript ? $0.label : "-n", bytes: Array($0.text.utf8)) }
    if let long = texts.first(where: { $0.bytes.count > Self.textLimit }) {
      throw .input("\(long.name): a D program is at most \(Self.textLimit >> 20) MiB long")
    }
    source = SourceText(pieces: texts, name: "program")
    var found = Diagnostics()
    var clauses = Script()
    var options = request.options
    for number in texts.indices {
      let piece = number < libraryCount ? nil : request.pieces[number - libraryCount]
      var macros = MacroValues(
        arguments: [piece?.isScript == true ? texts[number].name : request.program] + request.arguments,
        named: macroNumbers(target: target), defaultArguments: request.options.defaultArguments)
      macros.allowsUnusedArguments = request.options.unusedArguments || piece == nil
      let kind = piece?.kind(request.options) ?? .library
      let read = parse(source, piece: source.piece(number), macros: macros, as: kind, reporting: &found)
      // That a library stands behind those it needs has been seen to.
      let items = piece == nil ? read.items.filter { $0.neededLibrary == nil } : read.items
      clauses.items += items
      script.items += piece == nil ? items.filter { !$0.isClause } : items
      if piece == nil, clauses.items.count != script.items.count { withLibraryClauses = Script() }
      options = read.options(from: options)
    }
    if withLibraryClauses != nil { withLibraryClauses = clauses }
    guard !found.hasErrors || request.program != "dtrace" else { throw refused(found) }
    misread = found
    if let cpu = options.cpu { script.restrict(to: cpu) }
  }

  /// The request's piece that the place is in; nil in a library.
  func piece(at place: Int) -> Int? {
    let number = source.pieceNumber(at: place) - libraryCount
    return number >= 0 ? number : nil
  }

  /// The text's mistakes in the words of who was asked: all of them with their lines, or as dtrace(1) has it.
  func refused(_ found: Diagnostics) -> TraceProblem {
    guard request.program == "dtrace" else { return .badProgram(found.inOrder.map { $0.rendered(in: source) }) }
    return .badProgram(["dtrace: " + ComplaintsOfDTrace(reading: self).text(of: found)])
  }
}

extension Script {
  /// `-x cpu`: only firings on one CPU count.
  fileprivate mutating func restrict(to cpu: Int) {
    items = items.map { item in
      guard case .clause(var clause) = item else { return item }
      let place = clause.predicate?.range ?? SourceRange(clause.range.start, clause.range.start)
      let here = Expression(
        .binary(
          .equal, Expression(.identifier("cpu"), place),
          Expression(.integer(UInt64(clamping: cpu), suffix: IntegerSuffix(), isCharacter: false), place)), place)
      clause.predicate = clause.predicate.map { Expression(.binary(.logicalAnd, here, $0), place) } ?? here
      return .clause(clause)
    }
  }
}

extension Script.Item {
  fileprivate var isClause: Bool { if case .clause = self { true } else { false } }
}

extension ProgramKind {
  /// A file of declarations.
  fileprivate static var library: ProgramKind {
    var kind = ProgramKind()
    kind.needsActions = true
    kind.mayBeEmpty = true
    return kind
  }
}

extension TraceRequest.Piece {
  /// What its grammar depends on.
  fileprivate func kind(_ options: Options) -> ProgramKind {
    var kind = ProgramKind()
    kind.needsActions = isScript
    kind.mayBeEmpty = options.emptyPrograms
    kind.prefersProbes = !isScript || options.prefersProbes
    kind.lastPart =
      switch lastPart {
      case .provider: .provider
      case .module: .module
      case .function: .function
      case .name: .name
      }
    return kind
  }
}
