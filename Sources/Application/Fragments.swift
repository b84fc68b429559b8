import Bytes
import Dissection
import Events

/// Puts IP datagrams together from their fragments (RFC 791 §3.2, RFC 8200 §4.5).
///
/// A fixed number of datagrams at a time, of 65,535 bytes each at most; a new one takes the place of the oldest, which is counted as lost.
struct Fragments: Sendable {
  static let places = 64
  /// How long a datagram's fragments are waited for: 60 seconds, in nanoseconds (RFC 8200 §4.5).
  static let patience: Int64 = 60_000_000_000

  private var datagrams: [PartialDatagram] = []
  private(set) var losses: UInt64 = 0

  /// Takes a fragment.
  /// - Returns: the whole datagram from its transport header on, when this was what was missing.
  mutating func take(_ layers: Layers, _ frame: RawSpan, at time: Instant) -> [UInt8]? {
    let start = Int(layers.networkOffset &+ layers.networkHeaderLength)
    let count = Int(layers.totalLength) - Int(layers.networkHeaderLength)
    // What the capture cut off cannot be put together.
    guard count > 0, start &+ count <= frame.byteCount else { return nil }
    let place = place(of: layers, at: time)
    let data = frame.extracting(start..<start &+ count)
    let isLast = !layers.marks.contains(.moreFragments)
    guard datagrams[place].take(data, at: Int(layers.fragmentOffset), isLast: isLast) else { return nil }
    return datagrams.remove(at: place).bytes
  }

  private mutating func place(of layers: Layers, at time: Instant) -> Int {
    datagrams.removeAll { !(0...Self.patience).contains(time.since($0.time)) }
    if let place = datagrams.firstIndex(where: {
      $0.identification == layers.identification && $0.source == layers.source
        && $0.destination == layers.destination && ($0.proto == layers.proto || layers.version == 6)
    }) {
      return place
    }
    if datagrams.count == Self.places {
      datagrams.removeFirst()
      losses &+= 1
    }
    datagrams.append(
      PartialDatagram(
        source: layers.source, destination: layers.destination, identification: layers.identification,
        proto: layers.proto, time: time))
    return datagrams.count - 1
  }
}

/// A datagram of which fragments have come.
private struct PartialDatagram: Sendable {
  /// The most separate pieces; a datagram in more is never whole.
  static let pieceLimit = 64

  let source: Address
  let destination: Address
  let identification: UInt32
  let proto: UInt8
  /// When the first of its fragments came.
  let time: Instant
  /// The transport header and its data, as far as they came.
  private(set) var bytes: [UInt8] = []
  /// Which bytes came: sorted, apart from each other.
  private var pieces: [Range<Int>] = []
  /// The length, known when the last fragment came.
  private var length: Int?

  init(source: Address, destination: Address, identification: UInt32, proto: UInt8, time: Instant) {
    self.source = source
    self.destination = destination
    self.identification = identification
    self.proto = proto
    self.time = time
  }

  /// Adds a fragment's data. Where it overlaps what came before, that stays: an overlap is a mistake or an attack.
  /// - Returns: true when the datagram is whole.
  mutating func take(_ data: RawSpan, at offset: Int, isLast: Bool) -> Bool {
    let piece = offset..<offset &+ data.byteCount
    guard piece.upperBound <= 65_535, isLast || data.byteCount % 8 == 0, pieces.count < Self.pieceLimit else {
      return false
    }
    if isLast {
      guard length == nil || length == piece.upperBound, bytes.count <= piece.upperBound else { return false }
      length = piece.upperBound
    } else if let length, piece.upperBound > length {
      return false
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
    return length.map { pieces == [0..<$0] } ?? false
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
