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
}
