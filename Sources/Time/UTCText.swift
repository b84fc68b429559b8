/// `2026-11-30T01:20:11.000000000Z` (RFC 3339), with as many digits of the fraction as are wanted, cut off, and `zone` behind.
package func utcText(nanoseconds: Int64, digits: Int = 9, zone: String = "Z") -> String {
  let (seconds, fraction) = floored(nanoseconds, by: 1_000_000_000)
  let (days, second) = floored(seconds, by: 86_400)
  let (year, month, day) = civil(days)
  func padded(_ value: Int64, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
  var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
  text += "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
  if digits > 0 { text += "." + padded(fraction, 9).prefix(digits) }
  return text + zone
}

/// Quotient and remainder, the remainder never below 0.
private func floored(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

/// Year, month and day of the Gregorian calendar so many days after 1970-01-01. Years are counted from March, so that the leap day is their
/// last; 400 of them have 146,097 days.
private func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  // 1970-01-01 is 719,468 days after 0000-03-01.
  let (era, dayOfEra) = floored(days + 719_468, by: 146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  // March to July have 153 days, and so have August to December.
  let monthFromMarch = (5 * dayOfYear + 2) / 153
  let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
}
