extension RuleHistory {
  /// Goes on from another, of the same rule with another need.
  package func continues(_ other: RuleHistory) {
    let all = other.everything
    restore(days: all.days, rows: all.rows, isSaved: false)
  }

  /// Takes what another one remembers for what happened before: for tests.
  /// - Parameters:
  ///   - hours: how many hours before `time` it happened, each time all of it.
  ///   - days: on so many days before the one of `time` the rule has watched.
  package func precede(_ other: RuleHistory?, hours: [Int], days: Int, before time: Int64) {
    let now = Series.hour(of: time)
    var watched: [Int64: Int64] = [:]
    for day in 0..<Int64(days) { watched[(now - (now % 24 + 24) % 24) / 24 - 1 - day] = Series.hour }
    var rows: [(key: [UInt8], hour: Series.Hour)] = []
    let all = other?.everything.rows ?? []
    let first = all.map(\.hour.hour).min() ?? 0
    for hours in hours {
      for row in all {
        var hour = row.hour
        hour.hour += now - first - Int64(hours)
        rows.append((row.key, hour))
      }
    }
    restore(days: watched, rows: rows, isSaved: false)
  }
}
