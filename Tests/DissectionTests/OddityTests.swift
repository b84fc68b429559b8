import CaptureFiles
import Dissection
import Events
import Testing

struct OddityTests {
  static let sound: [(String, [UInt8], LinkType)] = [
    (
      "tcp", Packets.ethernet(0x8100) + [0, 5, 8, 0] + Packets.ipv4(6, Packets.tcp(), options: [1, 1, 1, 0]), .ethernet
    ),
    ("udp6", Packets.ethernet(0x86dd) + Packets.ipv6(60, [17, 0, 1, 4, 0, 0, 0, 0] + Packets.udp()), .ethernet),
    ("arp", Packets.ethernet(0x0806) + Packets.arp, .ethernet),
    ("ping", [0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, 8, 0] + Packets.ipv4(1, Packets.echo), .linuxCooked),
    (
      "vxlan",
      Packets.ipv4(
        17, Packets.udp([8, 0, 0, 0, 0, 0, 1, 0] + Packets.ethernet(0x0800) + Packets.ipv4(6, Packets.tcp()), to: 4789)),
      .raw
    ),
  ]

  @Test(
    arguments: [
      (13, .truncated(.ethernet, needed: 14, available: 13)), (33, .truncated(.ipv4, needed: 20, available: 19)),
      (36, .inconsistent(.ipv4, .totalLength, value: 55)), (14, .truncated(.ipv4, needed: 20, available: 0)),
    ] as [(Int, Oddity)])
  func `a frame that is too short names what it lacks`(count: Int, oddity: Oddity) {
    let frame = Packets.ethernet(0x0800) + Packets.ipv4(6, Packets.tcp())
    #expect(dissected(Array(frame.prefix(count))).oddity == oddity)
  }

  @Test(
    arguments: [
      (13, .cutOff(.ethernet, needed: 14, available: 13)), (33, .cutOff(.ipv4, needed: 20, available: 19)),
      (37, .cutOff(.tcp, needed: 4, available: 3)), (53, .cutOff(.tcp, needed: 20, available: 19)),
      (60, .cutOff(.tcp, needed: 32, available: 26)), (66, nil),
    ] as [(Int, Oddity?)])
  func `a frame that the capture cut is not the packet's fault`(count: Int, oddity: Oddity?) {
    let frame = Packets.ethernet(0x0800) + Packets.ipv4(6, Packets.tcp())
    let layers = dissected(Array(frame.prefix(count)), wireLength: frame.count)
    #expect(layers.oddity == oddity && layers.oddity?.isMalformed != true)
    // The ports are the first four bytes of the segment, and are read as soon as these are there.
    #expect(layers.marks.contains(.ports) == (count >= 38))
    if count == 66 { #expect(layers.payloadLength == 3 && layers.payloadCaptured == 0) }
  }

  @Test func `a header that lies about itself is named, with the lie`() {
    var short = Packets.ipv4(6, Packets.tcp())
    short[0] = 0x44
    #expect(dissected(short, link: .raw).oddity == .inconsistent(.ipv4, .headerLength, value: 16))
    var tiny = Packets.ipv4(6, Packets.tcp())
    tiny[3] = 19
    #expect(dissected(tiny, link: .raw).oddity == .inconsistent(.ipv4, .totalLength, value: 19))
    var long = Packets.ipv4(17, Packets.udp())
    long[2] = 9
    let layers = dissected(long, link: .raw)
    #expect(layers.oddity == .inconsistent(.ipv4, .totalLength, value: 0x920) && layers.sourcePort == 5353)
    #expect(layers.oddity?.name == "inconsistent-ipv4-totalLength")
    var segment = Packets.tcp()
    segment[12] = 0x40
    #expect(
      dissected(Packets.ipv4(6, segment), link: .raw).oddity == .inconsistent(.tcp, .headerLength, value: 16))
    // The header is longer than the packet, not than the frame: that is the packet's fault though the capture was cut too.
    segment[12] = 0xf0
    let cut = Packets.ipv4(6, segment)
    #expect(
      dissected(cut + [0, 0, 0], link: .raw, wireLength: cut.count + 40).oddity
        == .truncated(.tcp, needed: 60, available: 35))
  }

  @Test(arguments: sound.map(\.0))
  func `every prefix is read or named, on the wire and in the capture`(name: String) throws {
    let (_, frame, link) = try #require(Self.sound.first { $0.0 == name })
    #expect(dissected(frame, link: link).oddity == nil)
    for count in 0...frame.count {
      let prefix = Array(frame.prefix(count))
      let short = dissected(prefix, link: link)
      let cut = dissected(prefix, link: link, wireLength: frame.count)
      #expect(broken(short, captured: count) == [] && broken(cut, captured: count) == [])
      // What the wire carried whole is never called malformed for what the capture left out.
      #expect(cut.oddity?.isMalformed != true, "\(count)")
      if count < frame.count, short.version == 4 || count < 14 {
        #expect(short.oddity?.isMalformed == true, "\(count)")
      }
    }
  }

  @Test(arguments: sound.map(\.0))
  func `every value of every byte is read or named`(name: String) throws {
    let (_, frame, link) = try #require(Self.sound.first { $0.0 == name })
    for index in frame.indices {
      var changed = frame
      for value in UInt8.min ... .max {
        changed[index] = value
        let layers = dissected(changed, link: link)
        let rules = broken(layers, captured: changed.count)
        if !rules.isEmpty { Issue.record("byte \(index) = \(value): \(rules)") }
      }
    }
  }

  @Test func `names are distinct and say layer and kind`() {
    #expect(Oddity.truncated(.tcp, needed: 20, available: 3).name == "truncated-tcp")
    #expect("\(Oddity.cutOff(.udp, needed: 8, available: 3))" == "udp: the capture kept 3 of 8 bytes")
  }
}

/// The captures with what an enemy would make of them.
struct MutationTests {
  @Test(
    .enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"),
    arguments: SharedCaptures.entries)
  func `frames of a capture, changed and cut, are read or named`(entry: SharedCaptures.Entry) throws {
    guard let file = try CaptureFile(entry.url) else { return }
    // The same numbers in every run: a failure can be repeated.
    var state = entry.name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(bound, 1)
    }
    let links = [1, 0, 108, 113, 276, 101, 9, 127, 105, 192, 258, 239, 129, 10, 242] as [UInt32]
    for frame in file.frames.prefix(200) {
      for round in 0..<20 {
        var bytes = Array(frame.bytes)
        for _ in 0...random(below: 4) where !bytes.isEmpty {
          // Mostly in the headers.
          let index = random(below: random(below: 4) == 0 ? bytes.count : min(bytes.count, 80))
          bytes[index] =
            [UInt8(random(below: 256)), 0, 255, bytes[index] ^ 1 << UInt8(random(below: 8))][random(below: 4)]
        }
        if round % 3 == 0 { bytes.removeLast(random(below: bytes.count)) }
        let link = round % 5 == 0 ? LinkType(links[random(below: links.count)]) : frame.link
        let wire = [frame.wireLength, bytes.count, 0, -1, .max][random(below: 5)]
        let layers = dissected(bytes, link: link, wireLength: wire)
        let rules = broken(layers, captured: bytes.count)
        if !rules.isEmpty { Issue.record("\(rules): link \(link.number), wire \(wire), \(bytes)") }
      }
    }
  }
}
