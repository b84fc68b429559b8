import Events

/// Findings that are alike become one with a count, as their rule says (`Rule.Deduplication`).
package struct Gathering: Sendable {
  /// The most that are remembered; when there are more, the oldest is told once more with its count and forgotten.
  package static let limit = 1 << 14

  private struct Key: Hashable { var rule: String, sameness: [String], suppressedBy: String? }
  private var held: [Key: Finding] = [:]
  private var order: [Key] = []
  private var begin = 0
  package init() {}

  /// Takes a finding.
  /// - Returns: what is to be told now: a new one, and those whose time is over and which came again since they were told.
  package mutating func take(_ finding: Finding) -> [Finding] {
    let key = Key(rule: finding.rule.id, sameness: finding.sameness, suppressedBy: finding.suppressedBy)
    var told: [Finding] = []
    if let before = held[key] {
      if finding.first.time(since: before.first) < before.rule.deduplication.period {
        held[key]?.repeated(at: finding.last, finding.evidence[0])
        return []
      }
      if before.count > 1 { told.append(before) }
    } else {
      order.append(key)
      if order.count - begin > Self.limit {
        let oldest = order[begin]
        begin += 1
        if let gone = held.removeValue(forKey: oldest), gone.count > 1 { told.append(gone) }
        if begin >= Self.limit {
          order.removeFirst(begin)
          begin = 0
        }
      }
    }
    held[key] = finding
    return told + [finding]
  }

  /// Those that came again since they were told, in the order of their first moment.
  package mutating func finish() -> [Finding] {
    let rest = held.values.filter { $0.count > 1 }.sorted { ($0.first, $0.rule.id) < ($1.first, $1.rule.id) }
    self = Gathering()
    return rest
  }
}

extension Instant {
  fileprivate func time(since other: Instant) -> Int64 {
    nanoseconds.subtractingReportingOverflow(other.nanoseconds).partialValue
  }
}
