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
  /// - Returns: the whole datagram from its transport header on, when this was what was missing, and how many messages its first fragment
  ///   said.
  mutating func take(_ layers: Layers, _ frame: RawSpan, at time: Instant) -> (bytes: [UInt8], said: Int)? {
    let start = Int(layers.networkOffset &+ layers.networkHeaderLength)
    let count = Int(layers.totalLength) - Int(layers.networkHeaderLength)
    // What the capture cut off cannot be put together.
    guard count > 0, start &+ count <= frame.byteCount else { return nil }
    let place = place(of: layers, at: time)
    let data = frame.extracting(start..<start &+ count)
    let isLast = !layers.marks.contains(.moreFragments)
    guard datagrams[place].take(data, at: Int(layers.fragmentOffset), isLast: isLast) else { return nil }
    let whole = datagrams.remove(at: place)
    return (whole.bytes, whole.said)
  }

  /// Notes how many messages a datagram's first fragment said.
  mutating func note(_ layers: Layers, said: Int) {
    if let place = place(of: layers) { datagrams[place].said = said }
  }

  private func place(of layers: Layers) -> Int? {
    datagrams.firstIndex {
      $0.identification == layers.identification && $0.source == layers.source
        && $0.destination == layers.destination && ($0.proto == layers.proto || layers.version == 6)
    }
  }

  private mutating func place(of layers: Layers, at time: Instant) -> Int {
    datagrams.removeAll { !(0...Self.patience).contains(time.since($0.time)) }
    if let place = place(of: layers) { return place }
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
  let source: Address
  let destination: Address
  let identification: UInt32
  let proto: UInt8
  /// When the first of its fragments came.
  let time: Instant
  /// Messages that were told of when the first fragment came.
  var said = 0
  /// The transport header and its data, as far as they came.
  private var data = PartialBytes()
  /// The length, known when the last fragment came.
  private var length: Int?

  var bytes: [UInt8] { data.bytes }

  init(source: Address, destination: Address, identification: UInt32, proto: UInt8, time: Instant) {
    self.source = source
    self.destination = destination
    self.identification = identification
    self.proto = proto
    self.time = time
  }

  /// Adds a fragment's data.
  /// - Returns: true when the datagram is whole.
  mutating func take(_ fragment: RawSpan, at offset: Int, isLast: Bool) -> Bool {
    let end = offset &+ fragment.byteCount
    guard isLast || fragment.byteCount % 8 == 0 else { return false }
    if isLast {
      guard length == nil || length == end, data.bytes.count <= end else { return false }
      length = end
    } else if let length, end > length {
      return false
    }
    return data.add(fragment, at: offset, limit: 65_535) && data.start == length
  }
}
