import Events

/// What packet sockets sent with ports, as a DHCP client does that has no address yet: an answer comes to the mirrored ports, where there is no socket
/// that the kernel gives it to. By ports alone, for it may come from another address than the one that was asked, and to a new one.
///
/// A fixed number of places; a newer one takes that of an older.
struct Inquiries: Sendable {
  private struct Key: Sendable, Equatable, BitwiseCopyable {
    var namespace: UInt64
    var proto: UInt8
    var local: UInt16
    var remote: UInt16
  }
  private struct Place: Sendable, BitwiseCopyable {
    var key: Key
    var party: Party
    var time: Int64
  }
  private static let count = 1024
  /// Nanoseconds for which an answer may come: DHCP's clients ask again after four seconds and at most after 64 (RFC 2131 §4.1).
  private static let patience: Int64 = 64_000_000_000

  private var places: [Place?] = []

  private func place(_ key: Key) -> Int {
    // Spread by the odd factor's upper bits.
    let word = UInt64(key.local) << 24 | UInt64(key.remote) << 8 | UInt64(key.proto)
    return Int(((word ^ key.namespace) &* 0x9e37_79b9_7f4a_7c15) >> 54)
  }

  /// Answers whether it is a new one.
  mutating func note(
    _ proto: UInt8, _ local: UInt16, _ remote: UInt16, _ namespace: UInt64, _ party: Party, at time: Int64
  ) -> Bool {
    if places.isEmpty { places = [Place?](repeating: nil, count: Self.count) }
    let key = Key(namespace: namespace, proto: proto, local: local, remote: remote)
    let place = place(key)
    let isNew = places[place]?.key != key
    places[place] = Place(key: key, party: party, time: time)
    return isNew
  }

  /// Who asked from the port for an answer that came at `time`; nil for nobody.
  func party(_ proto: UInt8, _ local: UInt16, _ remote: UInt16, _ namespace: UInt64, at time: Int64) -> Party? {
    guard !places.isEmpty else { return nil }
    let key = Key(namespace: namespace, proto: proto, local: local, remote: remote)
    guard let held = places[place(key)], held.key == key,
      (0...Self.patience).contains(time.saturatingSubtract(held.time))
    else { return nil }
    return held.party
  }
}
