import Correlation
import Events

/// Which rules take notice of what. Most are about a few kinds of things, and thirty rules that are asked about each packet and each send take longer
/// than the five that look at it.
struct Attention {
  /// By kind: the rules, in their order.
  private let rules: [[Int]]
  /// The first moment at which the clock has something for a rule to do, in nanoseconds since 1970: then all are asked.
  private var due = Int64.min

  private static let packets = 0
  private static let others = 1
  private static let sockets = 2

  init(_ runs: [RuleRun]) {
    func those(_ heeds: (RuleRun) -> Bool) -> [Int] { runs.indices.filter { heeds(runs[$0]) } }
    let last = SocketEvent.Action.allCases.map(\.rawValue).max() ?? 0
    rules =
      [those(\.heedsPackets), Array(runs.indices)]
      + (0...last).map { number in
        SocketEvent.Action(rawValue: number).map { action in those { $0.heeds(action) } } ?? []
      }
  }

  /// Those that are to be asked about an item, in their order.
  func listeners(_ item: borrowing Timeline.Item, at time: Int64) -> [Int] {
    if time >= due { return rules[Self.others] }
    switch item {
    case .packet: return rules[Self.packets]
    case .event(let event):
      guard case .socket(let socket) = event.what else { return rules[Self.others] }
      return rules[Self.sockets + Int(socket.action.rawValue)]
    }
  }

  /// All that were due up to `time` have been asked.
  mutating func asked(_ runs: [RuleRun], at time: Int64) {
    guard time >= due else { return }
    due = runs.lazy.map(\.nextDue).min() ?? .max
  }
}
