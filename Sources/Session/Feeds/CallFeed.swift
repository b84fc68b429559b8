/// System calls that a D program asks for: a feed tells of them, whoever makes them, but of none of this program's own, which
/// would never end.
package struct CallFeed: Sendable, Equatable {
  /// What of a call is told, in the order in which it happens.
  package enum Moment: Int, Sendable { case entry, stack, opened, `return` }

  package var moment: Moment
  /// The calls by name; nil for every one.
  package var names: [String]?
  /// The part of the program's predicates that the kernel can decide, in D; nil where it cannot.
  package var predicate: String?

  package init(_ moment: Moment, names: [String]?, predicate: String?) {
    self.moment = moment
    self.names = names
    self.predicate = predicate
  }
}

extension Feed {
  static let entered =
    actor + "trace(probefunc); trace(arg0); trace(arg1); trace(arg2); trace(arg3); trace(arg4); trace(arg5);"
  static let stack = actor + "ustack(32);"
  static let returned = actor + "trace(probefunc); trace(arg0);"
  static let opened = actor + "trace(args[2]); trace(args[1]); trace(args[0]); trace(arg3);"

  mutating func add(_ call: CallFeed) {
    let own = "pid != $pid"
    let predicate = call.predicate.map { "\(own) && (\($0))" } ?? own
    func probes(_ provider: String, _ name: String) -> String {
      (call.names ?? [""]).map { "\(provider)::\($0):\(name)" }.joined(separator: ", ")
    }
    switch call.moment {
    case .entry: add(.callEntered, probes("syscall", "entry"), when: predicate, does: Self.entered)
    case .stack: add(.stack, probes("syscall", "entry"), when: predicate, does: Self.stack)
    case .return: add(.callReturned, probes("syscall", "return"), when: predicate, does: Self.returned)
    case .opened: add(.fileOpened, probes("file", "opened"), when: predicate, does: Self.opened)
    }
  }
}
