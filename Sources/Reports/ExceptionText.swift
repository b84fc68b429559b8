import Events
package import Rules
import Time

/// What became of an exception, in one line.
package func exceptionText(_ account: RuleExceptions.Account) -> String {
  let exception = account.exception
  var text = "exception \(exception.name) hid "
  if account.count == 0 {
    text += "nothing"
  } else {
    let rules = account.hidden.keys.sorted().joined(separator: " ")
    text += "\(account.count) finding\(account.count == 1 ? "" : "s") of \(rules)"
    if let last = account.last { text += ", the last of \(utcText(nanoseconds: last.nanoseconds, digits: 0))" }
  }
  if account.expired > 0 {
    text += "; it has expired (\(exception.owner)), and \(account.expired) that it would have hidden were told"
  }
  return text
}
