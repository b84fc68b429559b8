import Events
import Recording
import Testing

struct EventCodecTests {
  func encoded(_ events: [Event]) -> [UInt8] {
    var encoder = EventEncoder()
    for event in events { encoder.append(event) }
    return encoder.bytes
  }

  @Test func `every event comes back as it was, alone and in a batch`() {
    for event in everyEvent {
      let (events, damage) = decodeEvents(encoded([event]))
      #expect(events == [event])
      #expect(damage == nil)
    }
    let (events, damage) = decodeEvents(encoded(everyEvent))
    #expect(events == everyEvent)
    #expect(damage == nil)
  }

  @Test func `random calls come back as they were`() {
    var random = Seeded(1)
    let events = (0..<5000).map { _ in
      let arguments = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0...63, using: &random)
      }
      return Event(
        time: Instant(nanoseconds: .random(in: .min ... .max, using: &random)),
        cpu: .random(in: 0 ... .max, using: &random),
        actor: [sniffer, hostile].randomElement(using: &random)!,
        what: .call(
          CallEvent(
            number: .random(in: 0 ... .max, using: &random), entry: .random(using: &random), arguments: arguments)))
    }
    #expect(decodeEvents(encoded(events)).events == events)
  }

  @Test func `every prefix gives the events that are whole in it`() {
    let batch = encoded(everyEvent)
    var most = 0
    for count in 0..<batch.count {
      let (events, damage) = decodeEvents(Array(batch.prefix(count)))
      #expect(events == Array(everyEvent.prefix(events.count)))
      #expect(events.count >= most)
      most = events.count
      // A prefix that ends with an event is a whole batch.
      #expect(damage == nil || damage == .truncated)
    }
    #expect(most == everyEvent.count - 1)
  }

  @Test func `flipped bytes are read or refused, never trapped, and cost no more memory than they have bytes`() {
    let batch = encoded(everyEvent)
    var random = Seeded(2)
    var refused = 0
    for _ in 0..<4000 {
      var bytes = batch
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      let (events, damage) = decodeEvents(bytes)
      #expect(events.count <= everyEvent.count * 8)
      if damage != nil { refused += 1 }
    }
    #expect(refused > 200)
  }

  @Test func `a kind from a later version is passed over and what follows is read`() {
    let first = Event(time: instant(0), actor: sniffer, what: .loss(stage: "a", count: 1))
    let second = Event(time: instant(5), actor: sniffer, what: .loss(stage: "b", count: 2))
    var batch = encoded([first, second])
    // Version, then the first event: length, kind.
    batch[2] = 200
    let (events, damage) = decodeEvents(batch)
    #expect(events == [second])
    #expect(damage == .kind(200))
  }

  @Test func `another version is refused by its number`() {
    var batch = encoded(everyEvent)
    batch[0] = 2
    #expect(decodeEvents(batch).events == [])
    #expect(decodeEvents(batch).damage == .version(2))
  }

  @Test(arguments: [
    ("plain name", "plain name"), ("two\nlines", "two\\x0alines"), ("\u{1b}[2J", "\\x1b[2J"),
    ("back\\slash", "back\\x5cslash"),
    ("naïve 漢字", "naïve 漢字"), ("\u{202e}gpj.exe", "\\xe2\\x80\\xaegpj.exe"),
  ])
  func `a name becomes one harmless line`(name: String, shown: String) {
    #expect(printable(Array(name.utf8)) == shown)
  }

  @Test func `bytes that are no UTF-8 are shown one by one`() {
    #expect(printable([0x61, 0xff, 0xc3, 0x62, 0xe2, 0x82]) == "a\\xff\\xc3b\\xe2\\x82")
    #expect(printable([0xc3, 0xbc, 0x80]) == "ü\\x80")
  }
}
