/// What a stage of the compiler can complain about: one case each, whose words live once.
package protocol Complaint: Sendable {
  /// DTrace's error tag, such as `D_SYNTAX` (libdtrace `dt_errtags.h`).
  var tag: String { get }
  /// What illumos calls it, where libdtrace for Linux has another name.
  var otherTag: String? { get }
  /// The complaint in words, one line, no full stop.
  var text: String { get }
  /// What would help, if anything is known to.
  var hint: String? { get }
}

extension Complaint {
  package var hint: String? { nil }
  package var otherTag: String? { nil }
}

/// One complaint at one place.
package struct Diagnostic: Sendable {
  package enum Severity: Sendable { case error, warning }
  package var severity: Severity
  package var complaint: any Complaint
  package var range: SourceRange

  package init(_ complaint: any Complaint, at range: SourceRange, severity: Severity = .error) {
    self.severity = severity
    self.complaint = complaint
    self.range = range
  }
}

/// Everything that was found wrong, in the order it was found.
package struct Diagnostics: Sendable {
  package private(set) var all: [Diagnostic] = []

  package init() {}

  package var hasErrors: Bool { all.contains { $0.severity == .error } }

  package mutating func report(_ complaint: any Complaint, at range: SourceRange) {
    all.append(Diagnostic(complaint, at: range))
  }

  package mutating func warn(_ complaint: any Complaint, at range: SourceRange) {
    all.append(Diagnostic(complaint, at: range, severity: .warning))
  }

  /// The order of the text, as people read it; what stands at one place, as it was found.
  package var inOrder: [Diagnostic] {
    all.enumerated().sorted { ($0.element.range.start, $0.offset) < ($1.element.range.start, $1.offset) }.map(\.element)
  }

  /// Without the complaints of undefined names that stand on a line which could not be read: what is there may have defined them.
  /// - Parameter misread: what was found when the text was read.
  package func without(consequencesOf misread: Diagnostics, in source: SourceText) -> Diagnostics {
    func isOfName(_ diagnostic: Diagnostic) -> Bool {
      diagnostic.complaint.tag.hasSuffix("UNDEF") || diagnostic.complaint.tag.hasSuffix("UNKNOWN")
    }
    guard all.contains(where: isOfName) else { return self }
    var lost: Set<Substring> = []
    for diagnostic in misread.all {
      let line = source.line(source.position(of: diagnostic.range.start).line)
      lost.formUnion(line.split { !($0.isLetter || $0.isNumber || $0 == "_") })
    }
    var kept = Diagnostics()
    kept.all = all.filter { diagnostic in
      guard isOfName(diagnostic) else { return true }
      let words = source.text(in: diagnostic.range).split { !($0.isLetter || $0.isNumber || $0 == "_") }
      return !words.contains { lost.contains($0) } || misread.all.contains { $0.range == diagnostic.range }
    }
    return kept
  }
}
