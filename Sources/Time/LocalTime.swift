import Glibc

/// A moment as the clock on this machine's wall shows it: TZ, else /etc/localtime.
package struct LocalTime: Sendable, Hashable {
  package var year: Int
  /// 0 is January.
  package var month: Int
  /// 1 through 31.
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int
  /// 0 is Sunday.
  package var weekday: Int
  /// 0 is the first of January.
  package var dayOfYear: Int
  /// What the zone calls itself: `CET`.
  package var zone: String

  /// `seconds` since 1970-01-01 UTC; nil when the year does not fit an int.
  package init?(seconds: Int64) {
    var time = time_t(seconds)
    var parts = unsafe tm()
    // Safe: both pointers live for the call, and localtime_r keeps neither.
    guard unsafe localtime_r(&time, &parts) != nil else { return nil }
    // Safe: `tm` holds one pointer, tm_zone, which points to a NUL-ended name that glibc never frees.
    year = unsafe Int(parts.tm_year) + 1900
    month = unsafe Int(parts.tm_mon)
    day = unsafe Int(parts.tm_mday)
    hour = unsafe Int(parts.tm_hour)
    minute = unsafe Int(parts.tm_min)
    second = unsafe Int(parts.tm_sec)
    weekday = unsafe Int(parts.tm_wday)
    dayOfYear = unsafe Int(parts.tm_yday)
    zone = unsafe parts.tm_zone.map { unsafe String(cString: $0) } ?? ""
  }

  /// The year that the ISO 8601 week of this day belongs to (strftime's %G): that of the week's Thursday.
  package var weekYear: Int {
    let thursday = dayOfYear + 4 - (weekday == 0 ? 7 : weekday)
    if thursday < 0 { return year - 1 }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return thursday >= (leap ? 366 : 365) ? year + 1 : year
  }
}
