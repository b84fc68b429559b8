import Files

// Deflate's blocks (RFC 1951 §3.2).

extension GzipStream {
  mutating func block(from file: borrowing FileStream) throws(GzipError) {
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

  mutating func stored(_ count: Int, from file: borrowing FileStream) throws(GzipError) {
    var left = count
    defer { state = left == 0 ? .block : .stored(left) }
    while left > 0, outputEnd < output.count {
      append(try byte(from: file))
      left -= 1
    }
  }

  mutating func compressed(from file: borrowing FileStream) throws(GzipError) {
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
  private mutating func dynamicCodes(from file: borrowing FileStream) throws(GzipError) {
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
let fixedLiterals: PrefixCode = {
  let lengths = (0..<288).map { UInt8($0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8) }
  return try! PrefixCode(lengths: lengths[...])
}()
let fixedDistances: PrefixCode = {
  try! PrefixCode(lengths: [UInt8](repeating: 5, count: 30)[...])
}()
