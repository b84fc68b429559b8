import Files
import Glibc

/// When a file is put aside for a new one: `NAME` becomes `NAME.1`, which becomes `NAME.2`.
package struct FileRotation: Sendable, Hashable {
  /// Bytes: a file that is larger takes nothing more. Nil: it grows.
  package var size: Int64?
  /// How many there may be, `NAME` itself among them; the oldest is removed for a new one.
  package var count: Int

  package static let usualCount = 10

  package init(size: Int64? = nil, count: Int = usualCount) {
    self.size = size
    self.count = max(1, count)
  }
}

/// A file that is appended to, and rotated.
struct FilePlace: Place {
  private let path: String
  private let rotation: FileRotation
  private let notice: Notice
  private var file: OpenFile?
  /// Bytes that the file had when it was opened, and of whole messages since.
  private var size: Int64 = 0
  /// What the file may have; more than the rotation's size after the files could not be renamed.
  private var most: Int64?
  /// Bytes of the message that is being written which the file has already: a full file system may take a part.
  private var taken = 0
  let breaks: UInt64 = 0

  /// Opens the file, which is made when it is not there; a FIFO only when there is something for it, since that waits for a reader.
  init(_ path: String, _ rotation: FileRotation, notice: @escaping Notice) throws(FileError) {
    self.path = path
    self.rotation = rotation
    self.notice = notice
    if identity(of: path)?.isFIFO != true { try begin() }
  }

  /// What was open stays so until its successor is.
  private mutating func begin() throws(FileError) {
    let file = OpenFile(try openAppending(path, mode: 0o640))
    let identity = identity(of: path)
    size = identity?.size ?? 0
    most = rotation.size
    taken = 0
    // Whoever wrote it last may have been stopped within a line, which must not take the next with it.
    if size > 0, identity?.isRegular == true, try !endsWithNewline() {
      size += Int64(try file.write([newline], from: 0, path))
    }
    self.file = file
  }

  private func endsWithNewline() throws(FileError) -> Bool {
    try FileReader(path).read(at: UInt64(size - 1), count: 1) == [newline]
  }

  mutating func open() throws(Undelivered) {
    do throws(FileError) { try begin() } catch { throw .later("\(error)") }
  }

  mutating func take(_ message: [UInt8]) throws(Undelivered) -> UInt64 {
    do throws(FileError) {
      if file == nil { try begin() }
      if taken == 0, let most, size > most { rotate() }
      let line = message + [newline]
      while let file, taken < line.count { taken += try file.write(line, from: taken, path) }
    } catch {
      takePartBack()
      throw .later("\(error)")
    }
    size += Int64(taken)
    taken = 0
    return 0
  }

  /// A part of a line goes from the file's end again, where nobody else has written since: the file may get another name before there is room for
  /// the rest, and its reader shall find whole lines. A FIFO keeps it, and gets the rest later.
  private mutating func takePartBack() {
    if taken > 0, let file, file.size == size + Int64(taken), file.truncate(to: size, path) { taken = 0 }
  }

  /// Puts the file aside and begins a new one. Where that cannot be done the file goes on to grow: nothing is lost for it.
  private mutating func rotate() {
    do throws(FileError) {
      if rotation.count > 1 {
        for number in (1..<rotation.count - 1).reversed() where exists("\(path).\(number)") {
          try rename("\(path).\(number)", to: "\(path).\(number + 1)")
        }
        try rename(path, to: "\(path).1")
      } else {
        try remove(path)
      }
      try begin()
    } catch {
      most = size &+ (rotation.size ?? 0)
      notice("\(path) grows beyond its size: \(error)")
    }
  }
}

/// A descriptor that is closed when nobody holds it any more.
private final class OpenFile: Sendable {
  private let descriptor: Int32
  init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { _ = Glibc.close(descriptor) }

  func write(_ bytes: [UInt8], from index: Int, _ path: String) throws(FileError) -> Int {
    try stream(path).write(bytes, from: index)
  }

  /// Bytes of the file as it is now, under whatever name; nil when it is no regular one.
  var size: Int64? {
    identity(of: "/proc/self/fd/\(descriptor)").flatMap { $0.isRegular ? $0.size : nil }
  }

  func truncate(to count: Int64, _ path: String) -> Bool { stream(path).truncate(to: count) }

  private func stream(_ path: String) -> FileStream { FileStream(adopting: descriptor, path: path, closes: false) }
}
