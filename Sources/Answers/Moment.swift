import Bytes
import Time

// %Y and %T: a moment in the zone of this machine.

private let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
private let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

extension [UInt8] {
  /// `%Y`: "1973 Dec  3 17:20:00", as adb's /Y. `nanoseconds` since 1970.
  mutating func put(time nanoseconds: Int64) {
    guard let time = LocalTime(seconds: nanoseconds / 1_000_000_000) else { return }
    put(decimal: Int64(time.year), width: 4)
    append(UInt8(ascii: " "))
    put(months[time.month])
    append(UInt8(ascii: " "))
    put(decimal: Int64(time.day), width: 2)
    append(UInt8(ascii: " "))
    put(clock: time)
  }

  /// `%T`: "Mon, 03 Dec 1973 17:20:00 UTC", as in mail (RFC 822). The year is that of the ISO week, as dtrace has it.
  mutating func put(mailTime nanoseconds: Int64) {
    guard let time = LocalTime(seconds: nanoseconds / 1_000_000_000) else { return }
    put(weekdays[time.weekday])
    put(", ")
    put(twoDigits: time.day)
    append(UInt8(ascii: " "))
    put(months[time.month])
    append(UInt8(ascii: " "))
    put(decimal: Int64(time.weekYear))
    append(UInt8(ascii: " "))
    put(clock: time)
    append(UInt8(ascii: " "))
    put(time.zone)
  }

  private mutating func put(clock time: LocalTime) {
    put(twoDigits: time.hour)
    append(UInt8(ascii: ":"))
    put(twoDigits: time.minute)
    append(UInt8(ascii: ":"))
    put(twoDigits: time.second)
  }

  private mutating func put(twoDigits value: Int) {
    append(UInt8(ascii: "0") + UInt8(value / 10 % 10))
    append(UInt8(ascii: "0") + UInt8(value % 10))
  }
}
