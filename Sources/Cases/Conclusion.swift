import Events

// Evidence to answers and the verdict.
//
// How the verdict is found, one after the other; each rule speaks of the process and all that it started:
//
//     no socket that hears other people's traffic        transmits, when it sent anything off this host; else none
//     such a socket, and no frame was delivered          capable of sniffing
//     frames, and bytes left for them                    sniffing with remote logging
//     frames, and a file is written                      sniffing with local log
//     frames                                             sniffing
//
// Bytes left for them when, after the first frame, whoever the frames can have come to sent something off this host, and it was not
// too little for what was captured (`logged`). What is less is listed and does not count.

extension Investigation {
  /// The case as it stands.
  /// - Parameters:
  ///   - questions: what the case's D programs printed, in their order.
  ///   - losses: what each stage of the run lost.
  ///   - isComplete: whether the run came to its own end.
  ///   - hasEnd: whether what the run lost is known. A recording says it at its end, which one that was killed or cut out lacks.
  ///   - again: the command that asks the same.
  package func conclude(
    questions: [QuestionResult], losses: [(stage: String, count: UInt64)], isComplete: Bool, hasEnd: Bool = true,
    again: String
  ) -> CaseReport {
    let isComplete = isComplete && hasEnd
    let losses = losses + [("case-tables", forgotten &+ taps.forgotten)]
    let nothingLost = losses.allSatisfy { $0.count == 0 || isOfOthers($0.stage) }
    let judgement = judge()
    let certain = isComplete && nothingLost && hasSockets && judgement.capture.unknown.isEmpty

    var entries = idleEntries()
    for question in questions {
      var entry = CaseReport.Entry(question: question.question, answer: .cannotTell, evidence: question.evidence)
      switch question.id {
      case Self.transmitsID:
        entry.answer = answer(
          !entry.evidence.isEmpty || !judgement.departures.isEmpty, isComplete && nothingLost && question.isAnswerable)
        entry.evidence = shortened(byProgram(judgement.departures).map(line)) + entry.evidence
      case Self.capturesID:
        entry.answer = answer(!judgement.capture.isEmpty, certain)
        entry.evidence = captureEvidence(judgement.capture) + entry.evidence
      case Self.leavesID:
        entry.answer = answer(!judgement.following.isEmpty, certain)
        entry.evidence = shortened(judgement.evidence) + entry.evidence
      default: entry.answer = answer(!entry.evidence.isEmpty, isComplete && nothingLost && question.isAnswerable)
      }
      if entry.answer == .cannotTell, entry.evidence.isEmpty {
        entry.evidence = [
          !question.isAnswerable
            ? "what this needs was not recorded"
            : hasEnd ? "something was lost" : "the recording has no end, which tells what was lost"
        ]
      }
      entries.append(entry)
    }
    return CaseReport(
      subject: subject, entries: entries, verdict: judgement.verdict,
      sentence: sentence(judgement, certain: certain), destinations: judgement.destinations, losses: losses,
      isComplete: certain, hasEnd: hasEnd, watched: watched, again: again)
  }

  /// Whether the stage left out what says nothing of the process and those it started or fed.
  private func isOfOthers(_ stage: String) -> Bool {
    guard let pid = UntoldCalls.pid(ofStage: stage) else { return false }
    return !group.contains(pid) && reached(from: group)[pid] == nil
  }

  /// The questions whose answers are found here; the D programs of these names show what they rest on.
  package static var transmitsID: String { "40-transmits" }
  package static var capturesID: String { "50-captures" }
  package static var leavesID: String { "60-leaves" }

  private func line(_ departure: Departure) -> String {
    if departure.isAttempt {
      return
        "\(name(of: departure)) \(asked(departure.volume.count)) to \(departure.destination), and sent nothing by it"
    }
    return "\(name(of: departure)) sent \(amount(departure.volume, "send")) off this host, to \(departure.destination)"
  }

  /// A scan has thousands.
  private func shortened(_ lines: [String]) -> [String] {
    lines.count <= Self.mostLines
      ? lines : Array(lines.prefix(Self.mostLines - 1)) + ["and \(lines.count - Self.mostLines + 1) more"]
  }
  private static var mostLines: Int { 40 }

  private func answer(_ found: Bool, _ certain: Bool) -> CaseReport.Answer {
    found ? .yes : certain ? .no : .cannotTell
  }

  private var watched: Int64 { first.flatMap { first in last.map { $0.since(first) } } ?? 0 }

  private var subject: CaseReport.Subject {
    let person = people[target]
    let state = person?.state
    return CaseReport.Subject(
      process: person?.actor.process ?? ProcessID(pid: target, start: 0),
      command: printable(person?.actor.command ?? []), executable: printable(state?.path ?? []),
      arguments: (state?.arguments ?? []).map(printable), user: person?.actor.user, parent: person?.parent,
      hasEnded: person?.hasEnded ?? false)
  }

  // MARK: The verdict

  /// What the verdict rests on.
  struct Judgement {
    var verdict: Verdict
    var capture: CaptureFindings
    /// What left this host, by whom, all in all.
    var departures: [Departure]
    /// Of it what follows the capture.
    var following: [Departure]
    var logs: [String]
    var destinations: [String]
    var evidence: [String]
  }

  private func judge() -> Judgement {
    let capture = captures()
    let ways = reached(from: capture.holders)
    let reachedPIDs = Set(ways.keys)
    let all = departures(by: group.union(reachedPIDs)) { $0.all }
    var judgement = Judgement(
      verdict: .none, capture: capture,
      departures: all.filter { group.contains($0.pid) } + attempts(by: group), following: [], logs: [],
      destinations: [], evidence: [])
    if !capture.hasFrames {
      judgement.verdict =
        !capture.isEmpty ? .capableOfSniffing : judgement.departures.isEmpty ? .none : .transmits
      judgement.destinations = unique(judgement.departures.map(\.destination))
      return judgement
    }

    // Where reading was seen, what came before the first frame has nothing to do with it.
    let part: (Outflow) -> Volume? = { $0.following(capture.isCounted) }
    let after = departures(by: reachedPIDs, part)
    judgement.following = logged(after, capture)
    for departure in byProgram(after) {
      let counts = judgement.following.contains {
        $0.pid == departure.pid && $0.destination == departure.destination && $0.isLookup == departure.isLookup
      }
      judgement.evidence.append(evidence(departure, capture, counts: counts))
    }
    for pid in unique(byProgram(judgement.following).map(\.pid)) {
      if let way = ways[pid], !way.isEmpty { judgement.evidence.append(way) }
    }
    for log in logs(by: reachedPIDs, part) {
      judgement.logs.append(log.path)
      judgement.evidence.append("\(name(log.pid)) wrote \(amount(log.volume, "write")) to \(log.path)")
    }
    for log in logs(behindSocketsOf: reachedPIDs, for: capture.framesToCompare, part) {
      judgement.logs.append(log.path)
      judgement.evidence.append(
        "\(name(log.pid)) took \(amount(log.taken, "message")) through a unix socket and holds \(log.path) open \(log.descriptor.isAppending ? "to append to" : "to write, and mapped") (descriptor \(log.descriptor.number))"
      )
    }
    if judgement.logs.isEmpty {
      for open in openLogs(of: capture.holders) {
        judgement.logs.append(open.path)
        judgement.evidence.append(
          "\(name(open.pid)) holds \(open.path) open for writing (descriptor \(open.descriptor)); nothing was written yet"
        )
      }
    }
    judgement.verdict =
      !judgement.following.isEmpty
      ? .sniffingWithRemoteLogging : !judgement.logs.isEmpty ? .sniffingWithLocalLog : .sniffing
    let left = judgement.following.isEmpty ? judgement.departures : judgement.following
    judgement.destinations = unique(left.map(\.destination))
    return judgement
  }

  private func evidence(_ departure: Departure, _ capture: CaptureFindings, counts: Bool) -> String {
    var text =
      "\(name(of: departure)) sent \(amount(departure.volume, "send")) to \(departure.destination) after it began to capture"
    if let heard = capture.broad.compactMap({ $0.received?.first }).min() {
      text += ", the first \(milliseconds(departure.volume.first.since(heard))) after the first frame"
    }
    if departure.isService { return text + ": what a host says to its own network" }
    return counts ? text : text + ": too little for \(capture.framesToCompare) frames"
  }

  // MARK: Words

  private func sentence(_ judgement: Judgement, certain: Bool) -> String {
    let who = name(target)
    let capture = judgement.capture
    let places = unique(capture.broad.map { interface($0.interface) }).joined(separator: ", ")
    let taps = "has " + list(unique(capture.taps.map(\.text)))
    let before = capture.frames - min(capture.frames, capture.framesWatched)
    let earlier = before == 0 ? "" : " (\(before) of them before it was watched)"
    let heard =
      capture.frames == 0 && !capture.taps.isEmpty
      ? taps
      : "heard \(capture.frames) frame\(capture.frames == 1 ? "" : "s") on \(places)\(earlier)"
        + (capture.taps.isEmpty ? "" : ", " + taps)
    let to = judgement.destinations.isEmpty ? "" : " to " + list(judgement.destinations)
    let doubt = certain ? "" : "; more cannot be told, since not everything was seen"
    switch judgement.verdict {
    case .none:
      let other = capture.unknown + capture.narrow
      let own =
        other.isEmpty
        ? ""
        : "; its \(other.contains { $0.family == 17 } ? "packet" : "raw") socket hears \(unique(other.map(\.breadth.text)).joined(separator: ", "))"
      return certain
        ? "none: \(who) sent nothing off this host and captured nothing of others\(own)."
        : "CANNOT TELL: nothing was seen of \(who) sending or capturing, but not everything was seen\(own)."
    case .transmits:
      return "transmits: \(who) \(said(judgement.departures))\(to)\(doubt)."
    case .capableOfSniffing:
      let besides = judgement.departures.isEmpty ? "" : "; it \(said(judgement.departures))\(to)"
      if capture.broad.isEmpty {
        return
          "capable of sniffing: \(who) \(taps); \(list(unique(capture.taps.map(\.lack))))\(besides)\(doubt)."
      }
      let waits = capture.broad.allSatisfy(\.breadth.waits)
      let hears = waits ? "waits for frames with certain contents" : "hears other traffic"
      return
        "capable of sniffing: \(who) holds a socket that \(hears) on \(places); no frame was delivered\(besides)\(doubt)."
    case .sniffing:
      return "sniffing: \(who) \(heard) and keeps no log that was seen\(doubt)."
    case .sniffingWithLocalLog:
      return
        "sniffing with local log: \(who) \(heard) and writes to \(list(unique(judgement.logs)))\(doubt)."
    case .sniffingWithRemoteLogging:
      let by = unique(byProgram(judgement.following).filter { $0.pid != target }.map(name(of:)))
      let through = by.isEmpty ? "" : " through \(list(by))"
      return
        "sniffing with remote logging: \(who) \(heard) and sent \(total(judgement.following))\(to)\(through)."
    }
  }

  private func total(_ departures: [Departure]) -> String {
    volume(of: departures).map { amount($0, "send") } ?? "nothing"
  }

  /// `sent 5176 bytes in 100 sends`, `asked for a connection`
  private func said(_ departures: [Departure]) -> String {
    let sent = departures.filter { !$0.isAttempt }
    return sent.isEmpty ? asked(departures.reduce(0) { $0 + $1.volume.count }) : "sent \(total(sent))"
  }

  private func asked(_ count: UInt64) -> String { "asked for \(count == 1 ? "a connection" : "\(count) connections")" }

  private func list(_ items: [String]) -> String {
    items.count <= 4
      ? items.joined(separator: ", ") : items.prefix(4).joined(separator: ", ") + " and \(items.count - 4) more"
  }

  /// `5176 bytes in 100 sends`
  func amount(_ volume: Volume, _ one: String) -> String {
    "\(volume.bytes) byte\(volume.bytes == 1 ? "" : "s") in \(volume.count) \(one)\(volume.count == 1 ? "" : "s")"
  }

  func milliseconds(_ nanoseconds: Int64) -> String {
    let tenths = nanoseconds / 100_000
    return "\(tenths / 10).\(abs(tenths % 10)) ms"
  }
}

/// The items without repetitions, in the order in which they come first.
func unique<T: Hashable>(_ items: [T]) -> [T] {
  var seen: Set<T> = []
  return items.filter { seen.insert($0).inserted }
}
