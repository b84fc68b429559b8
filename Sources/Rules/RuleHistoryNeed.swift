/// How much of its host's history a rule needs before its word is worth anything.
package enum RuleHistoryNeed: Sendable, Equatable {
  /// Nanoseconds.
  case period(Int64)
  /// What a parameter of the rule says, which a site may set.
  case parameter(String)

  /// From one day to 60.
  static let bounds: ClosedRange<Int64> = 86_400_000_000_000...(60 * 86_400_000_000_000)
}

extension Rule {
  /// The history that the rule needs when it is set like this, in nanoseconds; nil when it needs none.
  package func neededHistory(_ settings: [String: Int64] = [:]) -> Int64? {
    switch history {
    case nil: nil
    case .period(let period): period
    case .parameter(let name): settings[name] ?? parameters.first { $0.name == name }?.value
    }
  }

  /// Reads what stands under `history`: `14d`, or the name of a parameter whose values are all such periods.
  static func historyNeed(
    _ text: String, _ parameters: [RuleParameter], complain: (String) -> Void
  ) -> RuleHistoryNeed? {
    let bounds = RuleHistoryNeed.bounds
    if let period = RuleParameter.Kind.duration.value(text) {
      if bounds.contains(period) { return .period(period) }
      complain("history is \(text), and must be from 1d to 60d")
    } else if let parameter = parameters.first(where: { $0.name == text }) {
      if parameter.kind == .duration, bounds.contains(parameter.least), bounds.contains(parameter.most) {
        return .parameter(text)
      }
      complain("\(text) says how much history there must be: a duration whose min and max are from 1d to 60d")
    } else {
      complain("history must be a duration like 14d, or the name of a parameter")
    }
    return nil
  }
}
