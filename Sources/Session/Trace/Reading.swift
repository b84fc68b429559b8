import DSemantics
import DSyntax
import Source

/// A request's pieces as one tree: each is read as what it is, with its own lines.
struct Reading {
  let request: TraceRequest
  let source: SourceText
  private(set) var script: Script
  /// What was found wrong; empty under the name dtrace, which stops at the first mistake.
  let misread: Diagnostics

  init(_ request: TraceRequest, target: UInt32?) throws(TraceProblem) {
    self.request = request
    source = request.source
    script = Script()
    var found = Diagnostics()
    for (number, piece) in request.pieces.enumerated() {
      var macros = MacroValues(
        arguments: [piece.isScript ? piece.label : request.program] + request.arguments,
        named: macroNumbers(target: target), defaultArguments: request.options.defaultArguments)
      macros.allowsUnusedArguments = request.options.unusedArguments
      let read = parse(
        source, piece: source.piece(number), macros: macros, as: piece.kind(request.options), reporting: &found)
      script.items += read.items
    }
    misread = found
    guard !found.hasErrors || request.program != "dtrace" else { throw refused(found) }
  }

  /// The text's mistakes in the words of who was asked: all of them with their lines, or as dtrace(1) has it.
  func refused(_ found: Diagnostics) -> TraceProblem {
    guard request.program == "dtrace" else { return .badProgram(found.inOrder.map { $0.rendered(in: source) }) }
    let complaints = ComplaintsOfDTrace(request: request, source: source, script: script)
    return .badProgram(["dtrace: " + complaints.text(of: found)])
  }
}

extension TraceRequest {
  /// The text of all pieces: they are one program.
  var source: SourceText {
    SourceText(
      pieces: pieces.map { (name: $0.isScript ? $0.label : "-n", bytes: Array($0.text.utf8)) }, name: "program")
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
