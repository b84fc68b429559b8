import Events

/// Files that are read as one, and go on where the one before ended, as those of a rotated recording or of a split do: their interfaces
/// are the same ones, and a connection on one of them is one connection. Files whose times overlap are of several captures: their
/// interfaces are others, whatever they are called.
struct SameInterfaces: Sendable {
  /// The latest packet up to now, and of the files before.
  private var latest = Instant(nanoseconds: .min)
  private var before = Instant(nanoseconds: .min)
  /// Whether the file goes on where those before ended; nil before its first packet.
  private var goesOn: Bool?
  /// By the reader's index, what an interface counts as.
  private var indices: [Int: Int] = [:]

  mutating func beginFile() {
    before = latest
    goesOn = nil
  }

  /// Gives the packet the interface that it is of. `first` is the file's first.
  mutating func find(_ info: inout FrameInfo, _ interfaces: [RecordedInterface], first: Int) {
    let goesOn = self.goesOn ?? (info.time >= before)
    self.goesOn = goesOn
    latest = max(latest, info.time)
    guard goesOn, first > 0 else { return }
    if let known = indices[info.interface] {
      info.interface = known
      return
    }
    let own = interfaces[info.interface]
    // Where interfaces have no names, the one that stands in the same place.
    let same = interfaces[..<first].indices.last { index in
      let other = interfaces[index]
      return other.fullName == own.fullName && other.linkType == own.linkType
        && (!own.fullName.isEmpty || first - index == interfaces.count - info.interface)
    }
    let found = same.map { indices[$0] ?? $0 } ?? info.interface
    indices[info.interface] = found
    info.interface = found
  }
}
