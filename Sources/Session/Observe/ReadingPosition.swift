import Events

/// How far one of the ways on which a live run learns of things has been read.
struct ReadingPosition {
  /// What happened before has been read, as far as it had arrived.
  private(set) var time = Instant(nanoseconds: 0)
  /// Whether more waits there.
  private(set) var waits = true
  /// When it was seen to be late and has not been read to its end since.
  private var lateSince: Int64?

  private static let patience: Int64 = 500_000_000

  /// Whether it has been behind `now`, in nanoseconds since 1970, by more than `most` for half a second without ever catching up: what is read
  /// next is then to be left out. A program that was kept from running for a moment makes up for it.
  /// - Parameter still: whether for half a second more, though something was left out.
  mutating func isTooLate(at now: Int64, by most: Int64?, still: Bool = false) -> Bool {
    guard let most, waits, now &- time.nanoseconds > most else { return false }
    let since = lateSince ?? now
    lateSince = since
    return now &- since > (still ? 2 : 1) * Self.patience
  }

  /// Something may have come.
  mutating func lookAgain() { waits = true }

  /// There is no more; `now`, in nanoseconds since 1970, is from before that was seen.
  mutating func emptied(at now: Int64) {
    time = Instant(nanoseconds: now)
    waits = false
    lateSince = nil
  }

  /// More waits. `latest`: when what was read last happened; nil where that does not say.
  mutating func reached(_ latest: Instant?) {
    time = latest ?? time
    waits = true
  }
}
