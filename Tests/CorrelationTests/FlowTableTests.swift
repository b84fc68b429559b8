import Correlation
import Dissection
import Events
import Testing

struct FlowTableTests {
  let client = Endpoint(Address(v4: 0x0a00_0001), 40000)
  let server = Endpoint(Address(v4: 0x0a00_0002), 443)
  func key(_ number: Int) -> FlowKey {
    FlowKey(
      source: Endpoint(Address(v4: 0x0a00_0000 | UInt32(number >> 16)), UInt16(truncatingIfNeeded: number)),
      destination: server, proto: 6)
  }
  func second(_ number: Int) -> Instant { Instant(nanoseconds: Int64(number) * 1_000_000_000) }

  @Test(arguments: [false, true])
  func `both directions are one flow, whose source sent first`(reversed: Bool) throws {
    var table = FlowTable()
    var forward = FlowKey(source: client, destination: server, proto: 6)
    if reversed { forward = forward.reversed }
    let first = table.record(forward, bytes: 60, at: second(5))
    let second = table.record(forward.reversed, bytes: 1500, at: second(7))
    let third = table.record(forward, bytes: 52, at: self.second(6))
    #expect(first.isNew && first.isForward && !second.isNew && !second.isForward && third.isForward)
    #expect(table.count == 1)
    #expect(
      table[first.index]
        == Flow(
          key: forward, packetsOut: 2, bytesOut: 112, packetsIn: 1, bytesIn: 1500, first: self.second(5),
          last: self.second(7)))
    #expect(table.index(of: forward.reversed) == first.index)
  }

  @Test func `flows are in the order of their bytes, and of their first packets where these are equal`() {
    var table = FlowTable()
    var random = SystemRandomNumberGenerator()
    for number in 0..<3000 {
      // Some before 1970, some with as many bytes as others, some with very many.
      let time = Instant(
        nanoseconds: Int64.random(in: -5...5, using: &random) << Int64.random(in: 0...59, using: &random))
      table.record(
        key(number), bytes: Int.random(in: 0...9, using: &random) << Int.random(in: 0...50, using: &random), at: time)
    }
    let sorted = (0..<table.count).sorted { one, other in
      let (a, b) = (table[one], table[other])
      let (left, right) = (a.bytesOut &+ a.bytesIn, b.bytesOut &+ b.bytesIn)
      return left != right ? left > right : a.first != b.first ? a.first < b.first : one < other
    }
    #expect(table.indicesBySize().map(Int.init) == sorted)
    #expect(FlowTable().indicesBySize().isEmpty)
  }

  @Test func `a packet from an endpoint to itself goes forward`() {
    var table = FlowTable()
    let key = FlowKey(source: server, destination: server, proto: 17)
    table.record(key, bytes: 10, at: second(0))
    #expect(table.record(key, bytes: 10, at: second(1)).isForward)
    #expect(table[0].packetsOut == 2 && table[0].packetsIn == 0)
  }

  @Test func `protocol, version and each port keep flows apart`() {
    var table = FlowTable()
    let six = { (endpoint: Endpoint) in Endpoint(Address(v6High: 0, low: endpoint.address.low), endpoint.port) }
    var keys = [FlowKey(source: client, destination: server, proto: 6)]
    keys.append(FlowKey(source: client, destination: server, proto: 17))
    keys.append(FlowKey(source: six(client), destination: six(server), proto: 6))
    keys.append(FlowKey(source: Endpoint(client.address, 1), destination: server, proto: 6))
    keys.append(FlowKey(source: client, destination: Endpoint(server.address, 1), proto: 6))
    keys.append(FlowKey(source: Endpoint(client.address, 443), destination: Endpoint(server.address, 40000), proto: 6))
    for key in keys { table.record(key, bytes: 1, at: second(0)) }
    #expect(table.count == keys.count)
    for (index, key) in keys.enumerated() { #expect(table[index].key == key) }
  }

  @Test func `ten thousand flows grow the table and are all found again`() {
    var table = FlowTable()
    for number in 0..<10_000 { table.record(key(number), bytes: number, at: second(number)) }
    #expect(table.count == 10_000 && table.evictions == 0)
    for number in 0..<10_000 {
      let flow = table.index(of: key(number).reversed).map { table[$0] }
      #expect(flow?.bytesOut == UInt64(number) && flow?.key == key(number))
    }
    #expect(table.index(of: key(10_000)) == nil)
  }

  @Test func `a full table makes room by a quiet flow, hands it over and counts it`() throws {
    var table = FlowTable(limit: 100)
    var held: [FlowKey: UInt64] = [:]
    var lost: UInt64 = 0
    for number in 0..<5000 {
      // The first flow never pauses.
      table.record(key(0), bytes: 1, at: second(number))
      guard number > 0 else { continue }
      let recorded = table.record(key(number), bytes: 7, at: second(number))
      held[key(number)] = 7
      if recorded.hasEvicted {
        let evicted = try #require(table.evicted)
        #expect(held.removeValue(forKey: evicted.key) == evicted.bytesOut)
        lost += 1
      }
    }
    #expect(table.count == 100 && table.evictions == lost && lost == 4900)
    #expect(table.index(of: key(0)).map { table[$0].packetsOut } == 5000)
    for (key, bytes) in held {
      let index = try #require(table.index(of: key))
      #expect(table[index].bytesOut == bytes)
    }
  }

  @Test(arguments: [UInt64(0), 1, .max, 0x1234_5678])
  func `the table agrees with a dictionary over a random run`(seed: UInt64) {
    var random = SplitMix(state: seed)
    var table = FlowTable(limit: 1 << 12, seed: seed)
    var model: [FlowKey: (packets: UInt64, bytes: UInt64)] = [:]
    for step in 0..<20_000 {
      var key = key(Int(random.next() % 700))
      if random.next() & 1 == 0 { key = key.reversed }
      let bytes = Int(random.next() % 1500)
      table.record(key, bytes: bytes, at: second(step))
      model[key, default: (0, 0)].packets += 1
      model[key, default: (0, 0)].bytes += UInt64(bytes)
    }
    #expect(table.evictions == 0)
    for index in 0..<table.count {
      let flow = table[index]
      let (out, back) = (model[flow.key] ?? (0, 0), model[flow.key.reversed] ?? (0, 0))
      #expect(flow.packetsOut == out.packets && flow.bytesOut == out.bytes)
      #expect(flow.packetsIn == back.packets && flow.bytesIn == back.bytes)
    }
  }

  // MARK: Fragments

  /// An IPv4 UDP packet on a raw link, as a fragment at `offset`.
  func fragment(_ identification: UInt8, offset: UInt16, more: Bool, ports: Bool) -> Layers {
    let word = offset >> 3 | (more ? 0x2000 : 0)
    var bytes: [UInt8] = [
      0x45, 0, 0, 44, 0, identification, UInt8(word >> 8), UInt8(word & 255), 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ]
    bytes += ports ? [0x9c, 0x40, 0, 53, 0, 200, 0, 0] : [UInt8](repeating: 0xff, count: 8)
    bytes += [UInt8](repeating: 0x61, count: 16)
    return dissect(RawSpan(_elements: bytes.span), link: .raw, wireLength: bytes.count)
  }

  @Test func `later fragments are counted with their datagram's conversation`() {
    var table = FlowTable()
    table.record(fragment(7, offset: 0, more: true, ports: true), at: second(0))
    table.record(fragment(7, offset: 24, more: true, ports: false), at: second(1))
    table.record(fragment(7, offset: 48, more: false, ports: false), at: second(2))
    #expect(table.count == 1 && table.orphanFragments == 0)
    #expect(table[0].key.source.port == 40000 && table[0].packetsOut == 3 && table[0].bytesOut == 132)
  }

  @Test func `fragments without their first one are counted under the ports 0`() {
    var table = FlowTable()
    table.record(fragment(8, offset: 24, more: false, ports: false), at: second(0))
    table.record(fragment(9, offset: 0, more: true, ports: true), at: second(0))
    // Of another datagram, and of one that was given up.
    table.record(fragment(10, offset: 24, more: false, ports: false), at: second(1))
    table.record(fragment(9, offset: 24, more: false, ports: false), at: second(61))
    #expect(table.orphanFragments == 3 && table.count == 2)
    #expect(table[0].key.source.port == 0 && table[0].key.proto == 17 && table[0].packetsOut == 3)
  }

  @Test func `a frame without IP belongs to no flow`() {
    var table = FlowTable()
    let bytes = [UInt8](repeating: 0, count: 60)
    let layers = dissect(RawSpan(_elements: bytes.span), link: .ethernet, wireLength: 60)
    #expect(table.record(layers, at: second(0)) == nil && table.count == 0)
  }
}

/// Numbers that are the same in every run (splitmix64).
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}
