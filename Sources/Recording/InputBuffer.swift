import Bytes
import Files

/// A file as one buffer that slides over it: what is asked for is there in one piece, or the file has ended.
struct InputBuffer: ~Copyable {
  private(set) var bytes: [UInt8]
  /// The first byte not consumed, and the end of what was read.
  private(set) var start = 0
  private(set) var end = 0
  /// The place of `start` in the (decompressed) file.
  private(set) var offset: Int64 = 0
  private var ended = false
  private let file: FileStream
  private var gzip: GzipStream?

  /// What is read at once stays in the processor's second cache until it was looked at.
  static let capacity = 1 << 18

  init(_ file: consuming FileStream) throws(CaptureFileError) {
    self.file = file
    bytes = [UInt8](repeating: 0, count: Self.capacity)
    guard try fill(2) >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b else { return }
    gzip = GzipStream(beginning: Array(bytes[0..<end]))
    end = 0
    ended = false
  }

  var path: String { file.path }
  var available: Int { end &- start }

  /// Makes `count` bytes available when the file has as many; answers how many there are, at most `count`.
  @inline(__always)
  mutating func require(_ count: Int) throws(CaptureFileError) -> Int {
    if end &- start >= count { return count }
    return try fill(count)
  }

  @inline(__always)
  mutating func consume(_ count: Int) {
    start &+= count
    offset &+= Int64(count)
  }

  /// The integer `index` bytes into what is available; traps when it is not there.
  @inline(__always)
  borrowing func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at index: Int, swapped: Bool) -> T {
    RawSpan(_elements: bytes.span).extracting(start..<end).integer(T.self, at: index, swapped: swapped)
  }

  private mutating func fill(_ count: Int) throws(CaptureFileError) -> Int {
    if start + count > bytes.count { slide(for: count) }
    while available < count, !ended {
      let room = bytes.count - end
      let got = try read(room)
      if got == 0 { ended = true }
      end += got
    }
    return min(available, count)
  }

  private mutating func read(_ room: Int) throws(CaptureFileError) -> Int {
    do throws(FileError) {
      if gzip == nil { return try file.read(into: &bytes, at: end, count: room) }
    } catch {
      throw .system(error)
    }
    do throws(GzipError) {
      return try gzip!.read(into: &bytes, at: end, count: room, from: file)
    } catch .system(let error) {
      throw .system(error)
    } catch {
      throw .compression(offset: offset + Int64(available), error)
    }
  }

  /// Moves what is left to the front, into a larger buffer when `count` asks for one.
  private mutating func slide(for count: Int) {
    if count > bytes.count {
      var larger = [UInt8](repeating: 0, count: count + Self.capacity)
      larger.replaceSubrange(0..<available, with: bytes[start..<end])
      bytes = larger
    } else {
      for index in 0..<available { bytes[index] = bytes[start + index] }
    }
    end = available
    start = 0
  }
}
