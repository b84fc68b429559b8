import DSyntax
import Source

// What may stand beside what in a clause: a clause that speculates or commits has one record, which goes one way.

/// What a clause has called so far.
struct CalledActions: OptionSet {
  let rawValue: UInt8
  /// speculate()
  static let speculating = CalledActions(rawValue: 1)
  /// commit()
  static let committing = CalledActions(rawValue: 2)
  /// Something that records or prints.
  static let recording = CalledActions(rawValue: 4)
  static let aggregating = CalledActions(rawValue: 8)
}

extension ActionName {
  /// Whether it changes more than the tracer's own: allowed with `-w` only.
  package var isDestructive: Bool {
    switch self {
    case .breakpoint, .chill, .copyout, .copyoutstr, .freopen, .livedump, .panic, .raise, .stop, .system: true
    default: false
    }
  }
}

extension Checker {
  /// Says what is wrong with the action at this place of its clause; nothing when all is well.
  mutating func placed(_ action: ActionName, _ range: SourceRange) {
    if action.isDestructive, destructive == nil { destructive = action }
    func rule(_ tag: String, _ text: String) { report(.rule(tag: tag, text), range) }
    let hasRecorded = !called.isDisjoint(with: [.recording, .aggregating])
    switch action {
    case .commit:
      if hasRecorded { rule("D_COMM_DREC", "commit( ) may not follow data-recording action(s)") }
      // DTrace for Linux lets one follow the other.
      if options.solaris, called.contains(.committing) {
        rule("D_COMM_COMM", "commit( ) may not follow commit( )")
      }
      called.insert(.committing)
    case .discard: break
    case .speculate:
      if called.contains(.speculating) {
        rule("D_SPEC_SPEC", "speculate( ) may not follow speculate( )")
      } else if called.contains(.committing) {
        rule("D_SPEC_COMM", "speculate( ) may not follow commit( )")
      } else if hasRecorded {
        rule("D_SPEC_DREC", "speculate( ) may not follow data-recording action(s)")
      }
      called.insert(.speculating)
    default:
      if called.contains(.speculating), action.isDestructive {
        rule("D_ACT_SPEC", "destructive actions may not follow speculate( )")
      } else if called.contains(.speculating), action == .exit {
        rule("D_EXIT_SPEC", "exit( ) may not follow speculate( )")
      } else if called.contains(.committing) {
        rule("D_DREC_COMM", "data-recording actions may not follow commit( )")
      }
      called.insert(.recording)
    }
  }

  /// The same for an aggregating statement.
  mutating func placedAggregation(_ range: SourceRange) {
    if called.contains(.committing) {
      report(.rule(tag: "D_AGG_COMM", "aggregating actions may not follow commit( )"), range)
    } else if called.contains(.speculating) {
      report(.rule(tag: "D_AGG_SPEC", "aggregating actions may not follow speculate( )"), range)
    }
    called.insert(.aggregating)
  }
}
