import Glibc

/// A moment by strftime(3)'s pattern, as the clock on this machine's wall shows it. What comes to nothing or to more than 4,096
/// bytes is nil.
///
/// `seconds`: since 1970-01-01 UTC.
package func formatted(_ pattern: String, seconds: Int64) -> String? {
  var time = time_t(seconds)
  var parts = unsafe tm()
  // Safe: both pointers live for the call, and localtime_r keeps neither.
  guard unsafe localtime_r(&time, &parts) != nil else { return nil }
  var text = [CChar](repeating: 0, count: 4097)
  // Safe: the call writes at most as many bytes as it is told, and reads the pattern up to its NUL.
  let count = unsafe strftime(&text, text.count, pattern, &parts)
  return count == 0 ? nil : String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
