import Files

// gzip to bytes (RFC 1952, RFC 1951), in safe Swift: the compressed capture is as hostile as the capture, and the
// program then needs no further library.

/// A gzip file being read: members one after the other, each checked against its CRC and length.
struct GzipStream {
  enum State { case header, block, stored(Int), compressed, trailer, done }

  static let history = 32 << 10
  static let outputSize = 4 * history
  static let longestCopy = 258

  var state = State.header
  var lastBlock = false
  var failure: GzipError?

  var input: [UInt8]
  var inputIndex = 0
  var inputEnd: Int
  var inputEnded = false
  var bits: UInt64 = 0
  var bitCount = 0

  /// Up to 32 KiB of history, then what has been produced and not yet taken.
  var output = [UInt8](repeating: 0, count: outputSize)
  var outputEnd = 0
  var taken = 0
  /// How far back a copy may reach: what the member has produced, at most 32 KiB of it kept.
  var reach = 0
  var checked = 0
  var checksum: UInt32 = 0xffff_ffff
  var memberLength: UInt32 = 0

  var literals = fixedLiterals
  var distances = fixedDistances

  /// `beginning`: the bytes of the file that were read already.
  init(beginning: [UInt8]) {
    input = beginning
    inputEnd = beginning.count
  }

  /// Writes up to `count` bytes into `buffer` at `index`; 0 at the end. What was produced before a damage is handed out
  /// before the error is thrown.
  mutating func read(
    into buffer: inout [UInt8], at index: Int, count: Int, from file: borrowing FileStream
  ) throws(GzipError) -> Int {
    while taken == outputEnd {
      if let failure { throw failure }
      if case .done = state { return 0 }
      do throws(GzipError) { try produce(from: file) } catch { failure = error }
    }
    let count = min(count, outputEnd - taken)
    buffer.replaceSubrange(index..<index + count, with: output[taken..<taken + count])
    taken += count
    return count
  }

  /// Runs until the output is nearly full or the stream has ended.
  private mutating func produce(from file: borrowing FileStream) throws(GzipError) {
    slide()
    defer { check() }
    while outputEnd + Self.longestCopy <= output.count {
      switch state {
      case .header: try header(from: file)
      case .block: try block(from: file)
      case .stored(let left): try stored(left, from: file)
      case .compressed: try compressed(from: file)
      case .trailer: try trailer(from: file)
      case .done: return
      }
    }
  }

  /// Keeps the last 32 KiB as history.
  private mutating func slide() {
    guard outputEnd > Self.history else { return }
    let from = outputEnd - Self.history
    for index in 0..<Self.history { output[index] = output[from + index] }
    outputEnd = Self.history
    taken = outputEnd
    checked = outputEnd
  }

  /// Takes what was produced since the last time into the checksum.
  private mutating func check() {
    for index in checked..<outputEnd {
      checksum = crcTable[Int((checksum ^ UInt32(output[index])) & 0xff)] ^ checksum >> 8
    }
    memberLength &+= UInt32(outputEnd - checked)
    checked = outputEnd
  }

  // MARK: Bits

  /// Fills the bit buffer to at least 56 bits, or with all that is left.
  @inline(__always)
  mutating func refill(from file: borrowing FileStream) throws(GzipError) {
    while bitCount <= 56 {
      if inputIndex == inputEnd {
        if inputEnded { return }
        try load(from: file)
        continue
      }
      bits |= UInt64(input[inputIndex]) << UInt64(bitCount)
      inputIndex &+= 1
      bitCount &+= 8
    }
  }

  private mutating func load(from file: borrowing FileStream) throws(GzipError) {
    if input.count < 1 << 16 { input = [UInt8](repeating: 0, count: 1 << 16) }
    while true {
      do throws(FileError) {
        inputEnd = try file.read(into: &input, at: 0, count: input.count)
        inputIndex = 0
        inputEnded = inputEnd == 0
        return
      } catch {
        // A symbol may be half read, so an interrupted read is tried again here.
        guard error.isInterruption else { throw .system(error) }
      }
    }
  }

  /// The next `count` bits, at most 32.
  @inline(__always)
  mutating func take(_ count: Int) throws(GzipError) -> Int {
    guard bitCount >= count else { throw .truncated }
    let value = bits & (1 << UInt64(count) &- 1)
    bits >>= UInt64(count)
    bitCount &-= count
    return Int(value)
  }

  mutating func byte(from file: borrowing FileStream) throws(GzipError) -> UInt8 {
    try refill(from: file)
    return UInt8(try take(8))
  }

  // MARK: Members

  private mutating func header(from file: borrowing FileStream) throws(GzipError) {
    guard try byte(from: file) == 0x1f, try byte(from: file) == 0x8b, try byte(from: file) == 8 else { throw .header }
    let flags = try byte(from: file)
    guard flags & 0xe0 == 0 else { throw .header }
    for _ in 0..<6 { _ = try byte(from: file) }
    if flags & 4 != 0 {
      let low = try byte(from: file)
      let count = Int(low) | Int(try byte(from: file)) << 8
      for _ in 0..<count { _ = try byte(from: file) }
    }
    // The name, then the comment: each ends with a NUL.
    if flags & 8 != 0 { while try byte(from: file) != 0 {} }
    if flags & 16 != 0 { while try byte(from: file) != 0 {} }
    if flags & 2 != 0 { for _ in 0..<2 { _ = try byte(from: file) } }
    check()
    checksum = 0xffff_ffff
    memberLength = 0
    reach = 0
    state = .block
  }

  private mutating func trailer(from file: borrowing FileStream) throws(GzipError) {
    check()
    try refill(from: file)
    _ = try take(bitCount & 7)
    try refill(from: file)
    let crc = UInt32(try take(32))
    try refill(from: file)
    let length = UInt32(try take(32))
    guard crc == ~checksum else { throw .checksum(expected: crc, found: ~checksum) }
    guard length == memberLength else { throw .length(expected: length, found: memberLength) }
    try refill(from: file)
    // Zeros after the last member are padding (RFC 1952 says nothing; gzip ignores them).
    while bitCount >= 8, bits & 0xff == 0 {
      _ = try take(8)
      try refill(from: file)
    }
    state = bitCount == 0 ? .done : .header
  }
}

/// CRC-32 of every byte (RFC 1952 §8).
private let crcTable: [UInt32] = (0..<256).map { index in
  (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
}
