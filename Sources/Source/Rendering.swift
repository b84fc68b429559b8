extension Diagnostic {
  /// The complaint as people see it:
  ///
  ///     script.d:3:14: error: [D_IDENT_UNDEF] failed to resolve 'foo'
  ///       { trace(foo); }
  ///               ^~~
  ///       hint: …
  package func rendered(in source: SourceText) -> String {
    let position = source.position(of: range.start)
    let presumed = source.presumedPosition(of: range.start)
    let place = "\(presumed.name):\(presumed.position.line):\(presumed.position.column)"
    let word = severity == .error ? "error" : "warning"
    var out = "\(place): \(word): [\(complaint.tag)] \(complaint.text)\n"
    let (line, column) = source.excerpt(at: position)
    guard !line.isEmpty else { return out }
    var gap = ""
    for byte in line.utf8.prefix(column - 1) { gap.append(byte == UInt8(ascii: "\t") ? "\t" : " ") }
    let width = max(1, min(range.end - range.start, line.utf8.count - (column - 1)))
    out += "  \(line)\n  \(gap)^" + String(repeating: "~", count: width - 1) + "\n"
    if let hint = complaint.hint { out += "  hint: \(hint)\n" }
    return out
  }
}
