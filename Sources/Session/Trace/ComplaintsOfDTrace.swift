import DSemantics
import DSyntax
import Source

/// D text that is wrong, in dtrace(1)'s words: it stops at the first mistake, and says in which program that is.
struct ComplaintsOfDTrace {
  let request: TraceRequest
  let source: SourceText
  let script: Script
  /// Where each piece begins in the source, in bytes.
  let starts: [Int]

  /// `failed to compile script F: line N: …`, `invalid probe specifier TEXT: in action list: …`; the tag where it is asked for.
  func text(of found: Diagnostics) -> String {
    guard let first = found.all.first(where: { $0.severity == .error }) else { return "" }
    let index = starts.lastIndex { $0 <= first.range.start } ?? 0
    let piece = request.pieces[index]
    let tag = request.options.errorTags ? "[\(first.complaint.tag)] " : ""
    let words =
      first.complaint.tag == "D_PROTO_ARG"
      ? first.complaint.text.replacing(": prototype is ", with: ":\n\tprototype: ")
        .replacing(", argument is ", with: "\n\t argument: ")
      : first.complaint.text
    if piece.isScript {
      let line = source.position(of: first.range.start).line - source.position(of: starts[index]).line + 1
      return "failed to compile script \(piece.label): \(tag)line \(line): \(words)"
    }
    let typed = piece.text == piece.label + " {}" ? piece.label : piece.text
    return "invalid probe specifier \(typed): \(tag)\(region(of: first.range.start))\(words)"
  }

  /// The part of a clause that the place is in.
  private func region(of place: Int) -> String {
    func holds(_ range: SourceRange) -> Bool { range.start <= place && place < range.end }
    for case .clause(let clause) in script.items where holds(clause.range) {
      if clause.probes.contains(where: { holds($0.range) }) { return "in probe description: " }
      return clause.predicate.map { holds($0.range) } == true ? "in predicate: " : "in action list: "
    }
    return ""
  }
}
