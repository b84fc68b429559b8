import Files

/// Ends a recording before the file system that it lies on is full: others write there too.
struct FreeSpaceGuard {
  private let least: Int64?
  /// The bytes of the file when the file system was asked last.
  private var size = Int64.min

  /// `least`: bytes; nil for 256 MiB or, on a smaller file system, a twentieth of it, which is what ext4 keeps for root.
  init(_ least: Int64?) { self.least = least }

  /// Why no more may be written to the file, of `size` bytes now; nil while there is room. Asked as often as an item comes, it looks
  /// once for each write; others write too, so that now and then it is to look `anyway`.
  mutating func objection(_ path: String, _ size: Int64, anyway: Bool) -> String? {
    guard anyway || size != self.size else { return nil }
    self.size = size
    guard least != 0, let space = space(around: path) else { return nil }
    let least = least ?? min(256 << 20, space.size / 20)
    guard space.free < least else { return nil }
    return "\(path): \(space.free) bytes are free on its file system, and --min-free keeps \(least); "
      + "what was written before is a whole recording"
  }
}
