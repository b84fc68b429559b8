import Crypto
import Events
import Files
import Glibc

/// Messages that wait on disk for a place that does not take them: in one file, in their order, a line each. They outlive the program.
///
/// How far the file has been read stands beside it, and is written now and then: what was sent just before a crash is sent again.
final class Spool: Sendable {
  /// Bytes that wait at most; what comes then is lost.
  static let mostBytes: Int64 = 256 << 20
  /// Messages between two notes of how far the file has been read.
  private static let noteInterval = 64

  let path: String
  private let descriptor: Int32

  /// What changes, and is changed under the lock of whoever has the spool.
  struct Position: Sendable {
    /// Bytes of the file, and of those the ones that were read.
    fileprivate(set) var size: Int64 = 0
    fileprivate(set) var head: Int64 = 0
    /// How many wait.
    fileprivate(set) var count = 0
    /// Messages from `head` on that were read ahead, the last first.
    fileprivate var ahead: [[UInt8]] = []
    fileprivate var unnoted = 0
  }

  /// Opens the spool of a place, with what waits in it.
  /// - Parameter name: the place's; equal names have the same file.
  init(in folder: String, for name: String, _ position: inout Position) throws(FileError) {
    try makeFolder(folder)
    let digest = SHA256.hash(data: Array(name.utf8)).prefix(8)
    path = folder + "/culprit-" + hexadecimal(digest) + ".spool"
    descriptor = try openAppending(path, mode: 0o600)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw FileError(call: "flock", path: path, code: errno)
    }
    try measure(&position)
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Counts what waits. A line without an end was being written when the program was killed: it goes.
  private func measure(_ position: inout Position) throws(FileError) {
    let reader = try FileReader(path)
    let noted = readText(path + ".read").flatMap { Int64($0.split(separator: "\n").first ?? "") } ?? 0
    position.head = (0...Int64(reader.size)).contains(noted) ? noted : 0
    var end = position.head
    var offset = UInt64(end)
    while true {
      let bytes = try reader.read(at: offset, count: 1 << 20)
      if bytes.isEmpty { break }
      for (index, byte) in bytes.enumerated() where byte == newline {
        position.count += 1
        end = Int64(offset) + Int64(index) + 1
      }
      offset += UInt64(bytes.count)
    }
    if end < reader.size { _ = stream().truncate(to: end) }
    position.size = end
    // A note that is of another file, emptied since, must not come to be one of this.
    if noted != position.head { note(&position) }
  }

  private func stream() -> FileStream { FileStream(adopting: descriptor, path: path, closes: false) }

  /// Adds a message; false when there is no room, on the disk either.
  func append(_ message: [UInt8], _ position: inout Position) -> Bool {
    let line = message + [newline]
    guard position.size - position.head + Int64(line.count) <= Self.mostBytes else { return false }
    var written = 0
    do throws(FileError) {
      while written < line.count { written += try stream().write(line, from: written) }
    } catch {
      // Half a line would take the next with it.
      _ = stream().truncate(to: position.size)
      return false
    }
    position.size += Int64(line.count)
    position.count += 1
    return true
  }

  /// The oldest message; nil when none waits, or the file cannot be read.
  func first(_ position: inout Position) -> [UInt8]? {
    if position.count == 0 { return nil }
    if position.ahead.isEmpty { readAhead(&position) }
    return position.ahead.last
  }

  private func readAhead(_ position: inout Position) {
    var count = 1 << 16
    while position.ahead.isEmpty, count <= 1 << 28 {
      guard let reader = try? FileReader(path),
        let bytes = try? reader.read(at: UInt64(position.head), count: count)
      else { return }
      var lines = bytes.split(separator: newline, omittingEmptySubsequences: false).map { Array($0) }
      // What stands behind the last newline is not whole yet.
      lines.removeLast()
      position.ahead = lines.reversed()
      if bytes.count < count { return }
      count *= 4
    }
  }

  /// The oldest message has arrived.
  func removeFirst(_ position: inout Position) {
    guard let first = position.ahead.popLast() else { return }
    position.head += Int64(first.count + 1)
    position.count -= 1
    position.unnoted += 1
    if position.count == 0 {
      _ = stream().truncate(to: 0)
      (position.head, position.size) = (0, 0)
    }
    if position.count == 0 || position.unnoted >= Self.noteInterval { note(&position) }
  }

  /// Writes down how far the file has been read.
  func note(_ position: inout Position) {
    position.unnoted = 0
    let text = Array("\(position.head)\n".utf8)
    // A file with half a number would be worse than the old one.
    guard let raw = try? openAnew(path + ".read.new", mode: 0o600) else { return }
    let isWritten = write(RawSpan(_elements: text.span), to: raw)
    _ = Glibc.close(raw)
    if isWritten { try? rename(path + ".read.new", to: path + ".read") } else { try? remove(path + ".read.new") }
  }
}
