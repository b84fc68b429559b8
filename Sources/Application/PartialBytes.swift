import Bytes

/// Bytes that come in pieces and out of order: of a fragmented datagram, of a handshake in datagrams.
struct PartialBytes: Sendable {
  /// The most separate pieces.
  static let pieceLimit = 64

  /// From the first byte to the last that came, zeros where none came yet.
  private(set) var bytes: [UInt8] = []
  /// Which bytes came: sorted, apart from each other.
  private var pieces: [Range<Int>] = []

  /// How many bytes there are before the first that is missing.
  var start: Int { pieces.first.map { $0.lowerBound == 0 ? $0.upperBound : 0 } ?? 0 }

  /// Adds a piece. Where it overlaps what came before, that stays: an overlap is a repetition, a mistake or an attack.
  /// - Returns: false when it would end behind `limit`, or there are too many pieces; then it is not kept.
  mutating func add(_ data: RawSpan, at offset: Int, limit: Int) -> Bool {
    guard offset <= limit, data.byteCount <= limit &- offset, pieces.count < Self.pieceLimit else { return false }
    let piece = offset..<offset &+ data.byteCount
    guard !piece.isEmpty else { return true }
    if bytes.count == offset, start == offset {
      // In order, as nearly all are.
      bytes.append(copying: data)
      pieces = [0..<piece.upperBound]
      return true
    }
    if bytes.count < piece.upperBound {
      bytes.append(contentsOf: repeatElement(0, count: piece.upperBound - bytes.count))
    }
    var place = offset
    for known in pieces + [Int.max..<Int.max] where known.upperBound > place {
      while place < min(known.lowerBound, piece.upperBound) {
        bytes[place] = data.byte(at: place &- offset)
        place &+= 1
      }
      place = max(place, known.upperBound)
      if place >= piece.upperBound { break }
    }
    merge(piece)
    return true
  }

  private mutating func merge(_ piece: Range<Int>) {
    var merged = piece
    pieces.removeAll { known in
      guard known.lowerBound <= merged.upperBound, merged.lowerBound <= known.upperBound else { return false }
      merged = min(known.lowerBound, merged.lowerBound)..<max(known.upperBound, merged.upperBound)
      return true
    }
    let place = pieces.firstIndex { $0.lowerBound > merged.lowerBound } ?? pieces.count
    pieces.insert(merged, at: place)
  }
}
