extension Rule {
  /// What a rule of its status must have and has not: a stable one all that its readers need.
  package var unfinished: [RuleComplaint] {
    func missing(_ what: String) -> RuleComplaint {
      RuleComplaint(
        .unfinished, status == .stable ? .error : .warning, file: file, "a \(status.rawValue) rule without \(what)")
    }
    if status == .deprecated { return [] }
    var complaints: [RuleComplaint] = []
    if triage.isEmpty { complaints.append(missing("triage: what is somebody to do who sees it?")) }
    if falsePositives.isEmpty { complaints.append(missing("false_positives: what innocent work looks like this?")) }
    if blindSpots.isEmpty { complaints.append(missing("blind_spots: what does it not see?")) }
    if references.isEmpty { complaints.append(missing("references")) }
    if techniques.isEmpty { complaints.append(missing("a technique of ATT&CK")) }
    return complaints
  }
}
