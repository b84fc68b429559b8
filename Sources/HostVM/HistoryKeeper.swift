import Bytes
package import IR

/// What a program remembers of a host from run to run. Times are nanoseconds since 1970, of what fired the program.
package protocol HistoryKeeper: AnyObject, Sendable {
  /// - Returns: the sum of the key's values in this hour, this one among them.
  func remember(_ value: Int64, under key: [UInt8], at time: Int64) -> Int64
  /// - Parameter period: nanoseconds.
  func recall(_ what: Recollection, of key: [UInt8], within period: Int64, at time: Int64) -> Int64
}

extension Engine {
  func remember(_ key: Int, _ value: UInt64, _ firing: Firing) -> UInt64 {
    guard let history else { return 0 }
    let time = Int64(bitPattern: firing.wallTime)
    return UInt64(bitPattern: history.remember(Int64(bitPattern: value), under: bytes(of: key), at: time))
  }

  func recall(_ what: UInt64, _ key: Int, _ period: UInt64, _ firing: Firing) -> UInt64 {
    guard let history, let what = Recollection(number: Int64(bitPattern: what)) else { return 0 }
    let (period, time) = (Int64(bitPattern: period), Int64(bitPattern: firing.wallTime))
    return UInt64(bitPattern: history.recall(what, of: bytes(of: key), within: period, at: time))
  }

  private func bytes(of text: Int) -> [UInt8] {
    let view = texts.view(text)
    var bytes: [UInt8] = []
    TextFunctions.append(view, 0..<view.byteCount, to: &bytes)
    return bytes
  }
}
