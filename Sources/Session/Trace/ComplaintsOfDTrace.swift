import DSemantics
import DSyntax
import Source

/// D text that is wrong, in dtrace(1)'s words: it stops at the first mistake, and says in which program that is.
struct ComplaintsOfDTrace {
  let reading: Reading
  private var request: TraceRequest { reading.request }
  private var source: SourceText { reading.source }
  private var script: Script { reading.script }

  init(reading: Reading) { self.reading = reading }

  /// `failed to compile script F: line N: …`, `invalid probe specifier TEXT: in action list: …`; the tag where it is asked for.
  func text(of found: Diagnostics) -> String {
    guard let first = found.all.first(where: { $0.severity == .error }) else { return "" }
    let place = first.range.start
    // A library's mistake is told of the program that would have had it.
    let number = reading.piece(at: place)
    let piece = request.pieces.isEmpty ? nil : request.pieces[number ?? 0]
    let tag = script.options(from: request.options).errorTags ? first.complaint.tags : ""
    let position = source.presumedPosition(of: isUnexpected(first.complaint) ? nextWord(after: place) : place)
    let file = number == nil ? position.name : source.includedFile(at: place)
    let what =
      tag
      + (file.map { "\"\($0)\", line \(position.position.line): " }
        ?? (piece?.isScript == true
          ? "line \(position.position.line): " : isOfNoRegion(first.complaint) ? "" : region(of: place)))
      + words(of: first.complaint)
    guard let piece else { return what }
    return piece.refused(what)
  }

  private func isUnexpected(_ complaint: any Complaint) -> Bool {
    if case SyntaxComplaint.unexpected = complaint { true } else { false }
  }

  /// What its lexer or its assembler finds it says of the whole program.
  private func isOfNoRegion(_ complaint: any Complaint) -> Bool {
    complaint.tag == "D_ASRELO" || complaint.tag == "D_MACRO_OFLOW"
  }

  /// Where the word begins that its parser stumbles over; ours points behind the one that it misses something after.
  private func nextWord(after place: Int) -> Int {
    var offset = place
    let end = source.piece(source.pieceNumber(at: place)).upperBound
    while offset < end, source.bytes[offset] == 0x20 || (0x09...0x0d).contains(source.bytes[offset]) { offset += 1 }
    return offset
  }

  /// Its parser says what it found, not what it hoped for.
  private func words(of complaint: any Complaint) -> String {
    guard case SyntaxComplaint.unexpected(let found, _) = complaint else {
      guard complaint.tag == "D_PROTO_ARG" else { return complaint.text }
      return complaint.text.replacing(": prototype is ", with: ":\n\tprototype: ")
        .replacing(", argument is ", with: "\n\t argument: ")
    }
    guard found.hasPrefix("'"), found.hasSuffix("'") else { return "syntax error near end-of-input" }
    return "syntax error near \"\(found.dropFirst().dropLast())\""
  }

  /// The part of a clause that the place is in.
  private func region(of place: Int) -> String {
    func holds(_ range: SourceRange) -> Bool { range.start <= place && place < range.end }
    for case .clause(let clause) in script.items where holds(clause.range) {
      if clause.probes.contains(where: { holds($0.range) }) { return "" }
      return clause.predicate.map { holds($0.range) } == true ? "in predicate: " : "in action list: "
    }
    return ""
  }
}

extension Complaint {
  /// `[D_PROTO_LEN] `, or with what illumos calls the same mistake `[D_PROTO_LEN]: [D_TRUNC_PROTO] `: its own test program wants `: ` before a tag.
  fileprivate var tags: String { "[\(tag)]" + (otherTag.map { ": [\($0)] " } ?? " ") }
}

extension TraceRequest.Piece {
  /// Why it is no program.
  func refused(_ what: String) -> String {
    isScript ? "failed to compile script \(label): \(what)" : "invalid probe specifier \(text): \(what)"
  }
}
