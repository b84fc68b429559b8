import Events

/// A conversation's key in five words, the same for both directions: the smaller endpoint stands first.
struct FlowTableKey: Sendable, BitwiseCopyable {
  /// The endpoints' addresses; then both ports, both versions and the protocol.
  var highA: UInt64
  var lowA: UInt64
  var highB: UInt64
  var lowB: UInt64
  var rest: UInt64

  /// The key, and whether the packet's source is the greater endpoint.
  @inline(__always)
  static func make(_ key: FlowKey) -> (key: FlowTableKey, swapped: Bool) {
    let source = key.source
    let destination = key.destination
    let from = UInt64(source.address.version) << 16 | UInt64(source.port)
    let to = UInt64(destination.address.version) << 16 | UInt64(destination.port)
    // Computed, not branched on: which way a packet goes is a coin's throw to the branch predictor.
    let swapped =
      after(source.address.high, destination.address.high)
      | equal(source.address.high, destination.address.high)
      & (after(source.address.low, destination.address.low)
        | equal(source.address.low, destination.address.low) & after(from, to))
    let mask = 0 &- swapped
    let high = (source.address.high ^ destination.address.high) & mask
    let low = (source.address.low ^ destination.address.low) & mask
    let end = (from ^ to) & mask
    let packed = FlowTableKey(
      highA: source.address.high ^ high, lowA: source.address.low ^ low,
      highB: destination.address.high ^ high, lowB: destination.address.low ^ low,
      rest: (from ^ end) << 40 | (to ^ end) << 8 | UInt64(key.proto))
    return (packed, swapped != 0)
  }

  @inline(__always) private static func after(_ a: UInt64, _ b: UInt64) -> UInt64 { a > b ? 1 : 0 }
  @inline(__always) private static func equal(_ a: UInt64, _ b: UInt64) -> UInt64 { a == b ? 1 : 0 }

  @inline(__always)
  static func == (a: FlowTableKey, b: FlowTableKey) -> Bool {
    (a.highA ^ b.highA) | (a.lowA ^ b.lowA) | (a.highB ^ b.highB) | (a.lowB ^ b.lowB) | (a.rest ^ b.rest) == 0
  }

  /// The key as `FlowKey` has it, from the first endpoint to the second, or the other way round.
  func flowKey(swapped: Bool) -> FlowKey {
    let key = FlowKey(
      source: endpoint(highA, lowA, rest >> 40 & 0xff_ffff), destination: endpoint(highB, lowB, rest >> 8 & 0xff_ffff),
      proto: UInt8(truncatingIfNeeded: rest))
    return swapped ? key.reversed : key
  }

  private func endpoint(_ high: UInt64, _ low: UInt64, _ end: UInt64) -> Endpoint {
    var address = Address()
    address.high = high
    address.low = low
    address.version = UInt8(truncatingIfNeeded: end >> 16)
    return Endpoint(address, UInt16(truncatingIfNeeded: end))
  }
}

/// The secret of one table's hash: strangers choose the keys, so they must not be able to choose the slots.
struct FlowTableSeed: Sendable, BitwiseCopyable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64
  private var e: UInt64

  init(_ seed: UInt64) {
    var state = seed
    // splitmix64 (Steele, Lea, Flood 2014): any seed, 0 as well, gives five unlike words.
    func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var word = state
      word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
      return word ^ word >> 31
    }
    a = next()
    b = next()
    c = next()
    d = next()
    e = next()
  }

  @inline(__always)
  func hash(_ key: FlowTableKey) -> UInt64 {
    let first = fold(key.highA ^ a, key.lowA ^ b)
    let second = fold(key.highB ^ c, key.lowB ^ d)
    return fold(first ^ key.rest, second ^ e)
  }

  /// Both halves of the 128-bit product, so that every bit of either factor reaches every bit of the result.
  @inline(__always)
  private func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
    let product = x.multipliedFullWidth(by: y)
    return product.high ^ product.low
  }
}
