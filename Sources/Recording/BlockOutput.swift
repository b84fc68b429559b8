import Bytes
import Files
import Glibc
import Time

/// Whole blocks on their way to a file: collected, written at least ten times a second and when there are many. Whatever
/// ends the program, the file holds whole blocks up to the last flush; when the file cannot be written on (a full
/// disk), it is cut to its last whole block.
struct BlockOutput: ~Copyable {
  /// The blocks that were not written; the last may be under way.
  var writer = ByteWriter(capacity: flushSize + (1 << 16))
  private let file: FileStream
  /// Bytes in the file.
  private(set) var written: Int64 = 0
  private var lastFlush = Clock.monotonic.now
  private var failure: RecordingError?

  private static let flushSize = 256 << 10
  private static let flushInterval: Int64 = 100_000_000

  init(_ file: consuming FileStream) { self.file = file }

  deinit {
    // Whoever wanted to hear of an error has flushed before.
    var index = 0
    while failure == nil, index < writer.bytes.count, let put = try? file.write(writer.bytes, from: index) {
      index += put
    }
    if failure == nil, index < writer.bytes.count { _ = file.truncate(to: written + Int64(wholeBlocks(upTo: index))) }
  }

  /// Fails when an earlier write has failed: nothing may follow the cut.
  func check() throws(RecordingError) {
    if let failure { throw failure }
  }

  /// Begins a block; give the answer to `end`.
  mutating func begin(_ type: UInt32) -> Int {
    let start = writer.count
    writer.littleEndian(type)
    writer.littleEndian(UInt32(0))
    return start
  }

  /// Ends the block that began at `start`: padding and both lengths.
  mutating func end(_ start: Int) throws(RecordingError) {
    writer.pad(to: 4)
    let length = writer.count - start + 4
    writer.littleEndian(UInt32(length))
    for byte in 0..<4 { writer.bytes[start + 4 + byte] = UInt8(truncatingIfNeeded: length >> (8 * byte)) }
    if writer.count >= Self.flushSize { return try flush() }
    if isDue { try flush() }
  }

  /// True when the last flush is a tenth of a second ago.
  var isDue: Bool { Clock.monotonic.now - lastFlush >= Self.flushInterval }

  mutating func flush() throws(RecordingError) {
    try check()
    lastFlush = Clock.monotonic.now
    var index = 0
    while index < writer.count {
      do throws(FileError) {
        index += try file.write(writer.bytes, from: index)
      } catch {
        let kept = written + Int64(wholeBlocks(upTo: index))
        // A pipe cannot be cut; its reader has had the partial block.
        if file.truncate(to: kept) { written = kept } else { written += Int64(index) }
        let error = RecordingError.system(error, kept: written)
        failure = error
        writer.bytes.removeAll()
        throw error
      }
    }
    written += Int64(index)
    writer.bytes.removeAll(keepingCapacity: true)
  }

  /// Where the last block ends that lies in the first `count` bytes.
  private func wholeBlocks(upTo count: Int) -> Int {
    var end = 0
    while end + 8 <= count {
      let length = Int(RawSpan(_elements: writer.bytes.span).littleEndian(UInt32.self, at: end + 4))
      guard length >= 12, end + length <= count else { break }
      end += length
    }
    return end
  }
}
