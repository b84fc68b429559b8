// gzip to bytes (RFC 1952, RFC 1951), in safe Swift: the compressed capture is as hostile as the capture, and the program
// then needs no further library.

/// A gzip file being read: members one after the other, each checked against its CRC and length.
struct GzipStream {
  private enum State { case header, block, stored(Int), compressed, trailer, done }

  private static let history = 32 << 10
  private static let outputSize = 4 * history
  private static let longestCopy = 258

  private var state = State.header
  private var lastBlock = false
  private var failure: GzipError?

  private var input: [UInt8]
  private var inputIndex = 0
  private var inputEnd: Int
  private var inputEnded = false
  private var bits: UInt64 = 0
  private var bitCount = 0

  /// Up to 32 KiB of history, then what has been produced and not yet taken.
  private var output = [UInt8](repeating: 0, count: outputSize)
  private var outputEnd = 0
  private var taken = 0
  /// How far back a copy may reach: what the member has produced, at most 32 KiB of it kept.
  private var reach = 0
  private var checked = 0
  private var checksum: UInt32 = 0xffff_ffff
  private var memberLength: UInt32 = 0

  private var literals = fixedLiterals
  private var distances = fixedDistances

  /// `beginning`: the bytes of the file that were read already.
  init(beginning: [UInt8]) {
    input = beginning
    inputEnd = beginning.count
  }

  /// Writes up to `count` bytes into `buffer` at `index`; 0 at the end. What was produced before a damage is handed out before
  /// the error is thrown.
  mutating func read(
    into buffer: inout [UInt8], at index: Int, count: Int, from file: borrowing FileHandle
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
  private mutating func produce(from file: borrowing FileHandle) throws(GzipError) {
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
  private mutating func refill(from file: borrowing FileHandle) throws(GzipError) {
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

  private mutating func load(from file: borrowing FileHandle) throws(GzipError) {
    if input.count < 1 << 16 { input = [UInt8](repeating: 0, count: 1 << 16) }
    while true {
      do throws(FileSystemError) {
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
  private mutating func take(_ count: Int) throws(GzipError) -> Int {
    guard bitCount >= count else { throw .truncated }
    let value = bits & (1 << UInt64(count) &- 1)
    bits >>= UInt64(count)
    bitCount &-= count
    return Int(value)
  }

  private mutating func byte(from file: borrowing FileHandle) throws(GzipError) -> UInt8 {
    try refill(from: file)
    return UInt8(try take(8))
  }

  // MARK: Members

  private mutating func header(from file: borrowing FileHandle) throws(GzipError) {
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

  private mutating func trailer(from file: borrowing FileHandle) throws(GzipError) {
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

  // MARK: Blocks

  private mutating func block(from file: borrowing FileHandle) throws(GzipError) {
    if lastBlock {
      lastBlock = false
      state = .trailer
      return
    }
    try refill(from: file)
    lastBlock = try take(1) == 1
    switch try take(2) {
    case 0:
      _ = try take(bitCount & 7)
      try refill(from: file)
      let count = try take(16)
      guard try take(16) == ~count & 0xffff else { throw .block }
      state = .stored(count)
    case 1:
      literals = fixedLiterals
      distances = fixedDistances
      state = .compressed
    case 2:
      try dynamicCodes(from: file)
      state = .compressed
    default: throw .block
    }
  }

  private mutating func stored(_ count: Int, from file: borrowing FileHandle) throws(GzipError) {
    var left = count
    defer { state = left == 0 ? .block : .stored(left) }
    while left > 0, outputEnd < output.count {
      append(try byte(from: file))
      left -= 1
    }
  }

  private mutating func compressed(from file: borrowing FileHandle) throws(GzipError) {
    while outputEnd + Self.longestCopy <= output.count {
      // The longest length and distance together take 15 + 5 + 15 + 13 bits.
      try refill(from: file)
      guard let literal = literals.decode(bits) else { throw bitCount < PrefixCode.longest ? .truncated : .code }
      _ = try take(literal.length)
      if literal.symbol < 256 {
        append(UInt8(literal.symbol))
        continue
      }
      if literal.symbol == 256 {
        state = .block
        return
      }
      guard literal.symbol < 286 else { throw .code }
      let kind = literal.symbol - 257
      let length = lengthBases[kind] + (try take(lengthBits[kind]))
      guard let code = distances.decode(bits) else { throw bitCount < PrefixCode.longest ? .truncated : .code }
      _ = try take(code.length)
      guard code.symbol < 30 else { throw .code }
      let distance = distanceBases[code.symbol] + (try take(distanceBits[code.symbol]))
      guard distance <= reach else { throw .distance(distance) }
      for _ in 0..<length { append(output[outputEnd - distance]) }
    }
  }

  @inline(__always)
  private mutating func append(_ byte: UInt8) {
    output[outputEnd] = byte
    outputEnd &+= 1
    if reach < Self.history { reach &+= 1 }
  }

  /// The two codes at the head of a dynamic block (RFC 1951 §3.2.7).
  private mutating func dynamicCodes(from file: borrowing FileHandle) throws(GzipError) {
    try refill(from: file)
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let lengthCount = try take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw .code }
    var order = [UInt8](repeating: 0, count: 19)
    for index in 0..<lengthCount {
      try refill(from: file)
      order[codeLengthOrder[index]] = UInt8(try take(3))
    }
    let code = try PrefixCode(lengths: order[...])
    var lengths: [UInt8] = []
    while lengths.count < literalCount + distanceCount {
      try refill(from: file)
      guard let found = code.decode(bits) else { throw bitCount < PrefixCode.longest ? .truncated : .code }
      _ = try take(found.length)
      let (value, times): (UInt8, Int)
      switch found.symbol {
      case 16:
        guard let last = lengths.last else { throw .code }
        (value, times) = (last, 3 + (try take(2)))
      case 17: (value, times) = (0, 3 + (try take(3)))
      case 18: (value, times) = (0, 11 + (try take(7)))
      default: (value, times) = (UInt8(found.symbol), 1)
      }
      guard lengths.count + times <= literalCount + distanceCount else { throw .code }
      lengths.append(contentsOf: repeatElement(value, count: times))
    }
    guard lengths[256] != 0 else { throw .code }
    literals = try PrefixCode(lengths: lengths[..<literalCount])
    distances = try PrefixCode(lengths: lengths[literalCount...])
  }
}

// MARK: RFC 1951's tables

private let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
private let lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]
private let lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
private let distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]
private let distanceBits = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]
private let fixedLiterals: PrefixCode = {
  let lengths = (0..<288).map { UInt8($0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8) }
  return try! PrefixCode(lengths: lengths[...])
}()
private let fixedDistances: PrefixCode = {
  try! PrefixCode(lengths: [UInt8](repeating: 5, count: 30)[...])
}()
/// CRC-32 of every byte (RFC 1952 §8).
private let crcTable: [UInt32] = (0..<256).map { index in
  (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
}
