import Time

/// When a recording goes on in another file, and what that is called: as tcpdump 4.99's `-C`, `-G` and `-W`.
package struct Rotation: Sendable {
  /// Bytes: what is larger than this takes nothing more.
  package var size: Int64?
  /// Seconds that a file may cover.
  package var seconds: Int64?
  /// With a size, the files of the ring; with seconds alone, the most files there will be; with both, it only lengthens the numbers.
  package var count: Int?

  package init(size: Int64? = nil, seconds: Int64? = nil, count: Int? = nil) {
    self.size = size
    self.seconds = seconds
    self.count = count
  }

  package var isWanted: Bool { size != nil || seconds != nil }

  /// The name of the `number`th file after the first, begun at `time` in seconds since 1970.
  func name(_ path: String, _ number: Int, at time: Int64) -> String {
    let name = seconds == nil ? path : formatted(path, seconds: time) ?? path
    guard size != nil, number > 0 || digits > 0 else { return name }
    let text = "\(number)"
    return name + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  /// Digits of the ring's highest number, so that names sort; a ring of one file has no number.
  private var digits: Int {
    var (count, rest) = (0, (count ?? 1) - 1)
    while rest > 0 { (count, rest) = (count + 1, rest / 10) }
    return count
  }
}

/// The files of one recording: which is written now.
package struct RecordingFiles: Sendable {
  package enum Step: Sendable, Equatable {
    case stay
    /// `current` is another name now.
    case next
    /// There were as many files as there may be.
    case end
  }

  package let rotation: Rotation
  private let path: String
  /// The file to write.
  package private(set) var current: String
  /// Files that were begun; those of a ring count each time.
  package private(set) var count = 1
  private var number = 0
  /// When the current window of time began, in seconds since 1970, and which it is.
  private var began: Int64
  private var window = 1

  package init(_ path: String, _ rotation: Rotation, at time: Int64) {
    self.path = path
    self.rotation = rotation
    began = time
    current = rotation.name(path, 0, at: time)
  }

  /// To be asked before something of `time` is written: the file has `size` bytes.
  package mutating func step(size: Int64, at time: Int64) -> Step {
    if let seconds = rotation.seconds, time &- began >= seconds {
      if isLast { return .end }
      began = time
      window += 1
      number = 0
      return begin()
    }
    guard let most = rotation.size, size > most else { return .stay }
    number += 1
    if let count = rotation.count, number >= count { number = 0 }
    return begin()
  }

  /// Whether the last file's time is over at `time`.
  package func isOver(at time: Int64) -> Bool { isLast && time &- began >= rotation.seconds ?? .max }

  private var isLast: Bool {
    guard rotation.size == nil, let count = rotation.count else { return false }
    return window >= count
  }

  private mutating func begin() -> Step {
    count += 1
    current = rotation.name(path, number, at: began)
    return .next
  }
}
