import Events

// Whether what left can hold what was heard.
//
// It is too little when it is less than four bytes for each frame, less than one send for every twenty, and less than 256 bytes in all: of many
// frames a summary says enough. Questions to a name server are weighed apart, since whoever prints names asks for every address that is
// new. They are a log
//
//     when they are longer than the question for an address's name can be, and not too little as anything else is,
//     when programs ask that do nothing else and hear nothing themselves (dig in a loop), one for every twenty frames,
//     or when there is one for seven of eight frames; frames of the questions themselves and of their answers are none that were to be told of.
//
// A handful of questions is none of the last two. What a host says to its own network (DHCP, ARP, groups of the link) is no log.

extension Investigation {
  /// Of what left after the capture began, what can hold it.
  func logged(_ after: [Departure], _ capture: CaptureFindings) -> [Departure] {
    let frames = capture.framesToCompare
    let others = after.filter { !$0.isLookup && !$0.isService }
    let lookups = after.filter { $0.isLookup && !$0.isService }
    let long = lookups.filter { $0.volume.bytes > $0.volume.count &* Self.longestQuestion }
    let short = lookups.filter { $0.volume.bytes <= $0.volume.count &* Self.longestQuestion }
    let asking = short.filter { !capture.holders.contains($0.pid) && isDownstream($0.pid) && onlyAsks($0.pid) }
    var logged = follows(others, frames) ? others : []
    if follows(long, frames) { logged += long }
    let all = count(of: short)
    let own = capture.hearsItself ? 2 &* count(of: lookups) : 0
    // A few frames are of another kind than what is told of, as ARP's are.
    if all >= Self.mostQuestions, all &* 8 >= (frames &- min(frames, own)) &* 7 {
      logged += short
    } else if count(of: asking) >= Self.mostQuestions, count(of: asking) &* 20 >= frames {
      logged += asking
    }
    return logged
  }

  /// Bytes of a datagram that asks for the name of an address of IPv6 (RFC 3596 §2.5): a header of 12, a name of 74, 4, and a cookie (RFC 7873)
  /// in an EDNS record, 23.
  private static var longestQuestion: UInt64 { 113 }
  /// Whoever prints a few addresses asks for so many names.
  private static var mostQuestions: UInt64 { 16 }

  /// Whether it is one that the process started, or that a reader of a pipe did; no service that everybody asks for names.
  private func isDownstream(_ pid: UInt32) -> Bool {
    var next = pid
    for _ in 0..<64 {
      if group.contains(next) || readsPipe(next) { return true }
      guard let parent = people[next]?.parent, parent > 1, parent != next else { return false }
      next = parent
    }
    return false
  }

  /// Whether a process sent nothing off this host but such questions.
  private func onlyAsks(_ pid: UInt32) -> Bool {
    departures(by: [pid], { $0.all }).allSatisfy(\.isLookup)
  }

  private func follows(_ departures: [Departure], _ frames: UInt64) -> Bool {
    volume(of: departures).map { holds($0, frames) } ?? false
  }

  /// Whether so much is not too little for so many frames.
  func holds(_ volume: Volume, _ frames: UInt64) -> Bool {
    volume.bytes / 4 >= frames || volume.count &* 20 >= frames || volume.bytes >= Self.summary
  }

  /// Bytes that say something of however many frames.
  private static var summary: UInt64 { 256 }

  func volume(of departures: [Departure]) -> Volume? {
    departures.reduce(into: nil) { volume, departure in volume.add(departure.volume) }
  }

  private func count(of departures: [Departure]) -> UInt64 { volume(of: departures)?.count ?? 0 }

  /// What many processes of one program sent to one place, as one: a loop starts one for each line.
  func byProgram(_ departures: [Departure]) -> [Departure] {
    struct Kind: Hashable {
      var command: [UInt8]
      var destination: String
      var isLookup, isService, isAttempt: Bool
    }
    func kind(_ one: Departure) -> Kind {
      Kind(
        command: people[one.pid]?.actor.command ?? [], destination: one.destination, isLookup: one.isLookup,
        isService: one.isService, isAttempt: one.isAttempt)
    }
    let kinds = Dictionary(grouping: departures, by: kind)
    return unique(departures.map(kind)).flatMap { kind -> [Departure] in
      let same = kinds[kind] ?? []
      guard same.count > Self.mostApart, var sum = same.first else { return same }
      sum.processes = same.count
      for other in same.dropFirst() { sum.volume.add(other.volume) }
      return [sum]
    }
  }

  private static var mostApart: Int { 4 }

  /// `dig[1203]`, `dig (121 processes)`
  func name(of departure: Departure) -> String {
    guard departure.processes > 1, let command = people[departure.pid]?.actor.command else {
      return name(departure.pid)
    }
    return "\(printable(command)) (\(departure.processes) processes)"
  }
}
