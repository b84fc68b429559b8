/// What a program's text may refer to before it has any meaning: `$1`, `$target`, `-x defaultargs`.
package struct MacroValues: Sendable {
  /// `$0`, `$1` …: the script's own name and its arguments.
  package var arguments: [String]
  /// `$pid`, `$uid`, `$target` … by name without the dollar.
  package var named: [String: Int64]
  /// Missing arguments are 0 or "" instead of an error.
  package var defaultArguments: Bool
  package init(arguments: [String] = [], named: [String: Int64] = [:], defaultArguments: Bool = false) {
    self.arguments = arguments
    self.named = named
    self.defaultArguments = defaultArguments
  }
}
