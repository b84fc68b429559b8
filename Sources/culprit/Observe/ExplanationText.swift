import Events
import Recording
import Reports
import Session

/// A packet's line, and below it by what evidence its owner was named:
///
///     12:00:00.000100 IP 10.0.0.1.40000 > 10.0.0.2.7000: UDP, length 5 (srg[968] sender high)
///         transmission: the kernel told of this very frame as it left the socket
///         socket 17 in network namespace 1
///           -1.200 ms  socket family=2 type=2 protocol=17 fd=3 = 3, by srg[968]
///           +0.012 ms  send 10.0.0.2:7000 = 5, by srg[968]
///         process 968, begun 12.345678901 s after the machine
///           -8.100 ms  fork = 968, by bash[900]
struct ExplanationText {
  private var packets = PacketText()

  mutating func line(_ explanation: Explanation) -> String {
    packets.line(explanation.layers, at: explanation.info.time) + " (\(explanation.owner.line))\n"
  }

  mutating func lines(_ explanation: Explanation) -> String {
    let owner = explanation.owner
    var text = line(explanation)
    text += "    \(owner.reason): \(explanation.meaning ?? "a word of another program's")\n"
    if let socket = owner.socket {
      text += "    socket \(socket.cookie) in network namespace \(socket.namespace)\n"
      text += events(explanation.socketEvents, explanation, none: "nothing was told of it")
    } else if owner.actor != nil {
      text += "    no socket is known of it\n"
    }
    if let process = owner.actor?.process {
      text += "    process \(process.pid), begun \(ofBoot(process.start)) s after the machine\n"
      text += events(explanation.processEvents, explanation, none: "it was there, and nothing more was told of it")
    }
    return text
  }

  private func events(_ events: [Event], _ explanation: Explanation, none: String) -> String {
    if events.isEmpty { return "      \(none)\n" }
    return events.map { event in
      let actor = "\(printable(event.actor.command))[\(event.actor.process.pid)]"
      return "      \(milliseconds(event.time.since(explanation.info.time))) ms  \(event.text), by \(actor)\n"
    }.joined()
  }

  /// Nanoseconds as signed milliseconds with three decimals.
  private func milliseconds(_ nanoseconds: Int64) -> String {
    let micros = nanoseconds.magnitude / 1000
    return (nanoseconds < 0 ? "-" : "+") + "\(micros / 1000)." + filled(micros % 1000, 3)
  }

  private func ofBoot(_ nanoseconds: UInt64) -> String {
    "\(nanoseconds / 1_000_000_000)." + filled(nanoseconds % 1_000_000_000, 9)
  }

  private func filled(_ number: UInt64, _ digits: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: digits - text.count) + text
  }
}

/// Prints why packets have the owners they have, of files or, when there are none, live.
func explainPackets(
  _ files: [String], live request: ObservationRequest, _ which: ExplainedPackets, begun: @escaping () -> Void,
  _ body: @escaping (Explanation) -> Void
) throws(TraceProblem) -> Bool {
  let (end, forgotten) =
    try files.isEmpty
    ? explain(request, which, begun: begun, body) : explain(files, which, body)
  let lost = end.losses.filter { $0.count > 0 }
  if !lost.isEmpty { note("culprit: lost: " + lost.map { "\($0.stage) \($0.count)" }.joined(separator: ", ")) }
  if forgotten > 0 { note("culprit: of \(forgotten) sockets and processes the beginning was forgotten") }
  switch end.reason {
  case .fileDamaged(let words), .captureFailed(let words):
    note("culprit: \(words)")
    return false
  default: return lost.isEmpty && end.damagedRecords == 0
  }
}
