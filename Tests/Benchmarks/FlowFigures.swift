import AllocationCount
import Files
import Glibc
import SampleTraffic
import Session

/// Whole commands, from their start to their end, over files that are in the page cache.
func measureFlows() throws {
  try measureConversations()
  let packets = 1_000_000
  let capture = temporary("pcap")
  let recording = temporary("pcapng")
  defer { for path in [capture, recording] { unsafe unlink(path) } }
  try writeCapture(capture, packets: packets)
  try writeRecording(recording, packets: packets)
  heading("conversations that do not end and say nothing, a million packets", goal: "none yet")
  try measure("of a capture", packets, [Part.sibling("culprit"), "flows", "-r", capture], rounds: 5)
  try measure("of a recording with owners", packets, [Part.sibling("culprit"), "flows", "-r", recording], rounds: 5)
  heading("a D program over a million packets", goal: "none yet")
  let program = "packet::: { @[probefunc] = sum(args[0]->pkt_len); }"
  print("  \(program)")
  let run = [Part.sibling("culprit"), "-q", "-n", program, "-r"]
  try measure("a capture", packets, run + [capture], rounds: 5)
  try measure("a recording with owners", packets, run + [recording], rounds: 5)
  heading("a line a packet, a million packets", goal: "none yet")
  let lines = try measure("culprit packets", packets, [Part.sibling("culprit"), "packets", "-r", capture], rounds: 3)
  try measure("tcpdump -nn", packets, ["tcpdump", "-nn", "-r", capture], rounds: 3, ours: lines)
}

/// The gates of what is measured over conversations.
private enum Bounds {
  static let bare = (allocations: 0.001, instructions: 1030.0)
  static let named = (allocations: 1.06, instructions: 5150.0)
  static let traced = (allocations: 0.001, instructions: 3160.0)
}

/// A capture of conversations that begin, speak and end, and what others make of it.
private func measureConversations() throws {
  let packets = 1_500_000
  let capture = temporary("pcap")
  let (few, many) = (temporary("few.pcap"), temporary("many.pcap"))
  defer { for path in [capture, few, many] { unsafe unlink(path) } }
  let conversations = try writeCapture(capture, packets: packets, speaks: true, ends: true)
  let fewPackets = 50_000
  try writeCapture(few, packets: fewPackets, speaks: true, ends: true)
  try writeCapture(many, packets: fewPackets * 5, speaks: true, ends: true)

  let culprit = Part.sibling("culprit")
  heading(
    "\(conversations) conversations, \(packets) packets, \(try FileReader(capture).size / 1_000_000) MB: HTTP, TLS, DNS, QUIC and others",
    goal: "6 million packets a second on one core, 300 bytes a flow; 2 million with what applications say")
  let bare = [culprit, "flows", "--no-names", "--top", "10", "-r"]
  let ours = try measure("culprit flows --no-names", packets, bare + [capture], rounds: 7, flows: conversations)
  try tell(few, many, 4 * fewPackets, bare, gate: Bounds.bare) { _ = try readFlows([$0], names: false) }
  let named = [culprit, "flows", "--top", "10", "-r"]
  let oursNamed = try measure("culprit flows", packets, named + [capture], rounds: 7, flows: conversations)
  try tell(few, many, 4 * fewPackets, named, gate: Bounds.named) { _ = try readFlows([$0]) }
  try withTemporaryDirectory { directory in
    for peer in flowPeers(capture, in: directory) {
      try measure(
        peer.name, packets, peer.words, rounds: peer.rounds, flows: conversations,
        ours: peer.dissects ? oursNamed : ours)
    }
  }

  heading("a D program with a predicate over the same", goal: "4 million packets a second")
  let program = "packet::: /args[0]->pkt_len > 100/ { @[probefunc] = sum(args[0]->pkt_len); }"
  print("  \(program)")
  let traced = [culprit, "-q", "-n", program, "-r"]
  try measure("culprit", packets, traced + [capture], rounds: 7)
  try tell(few, many, 4 * fewPackets, traced, gate: Bounds.traced) { path in
    var request = TraceRequest()
    request.pieces = [TraceRequest.Piece(isScript: false, label: "-n", text: program)]
    _ = try traceReplay(request, paths: [path], out: { _ in true }, note: { _ in })
  }
}

/// Prints what the packets that `many` has more than `few` cost beside time.
/// - Parameters:
///   - packets: how many that are.
///   - command: what reads a file that is named behind it, and `body` the same in this process.
///   - gate: the most allocations and instructions a packet.
private func tell(
  _ few: String, _ many: String, _ packets: Int, _ command: [String], gate: (allocations: Double, instructions: Double),
  _ body: (String) throws -> Void
) throws {
  try body(few)
  let allocations = try [few, many].map { path in
    let before = allocation_count()
    try body(path)
    return Double(allocation_count() - before)
  }
  let unit = "packet, new conversations' among them"
  Gates.show(
    (allocations[1] - allocations[0]) / Double(packets), "allocations a \(unit)", decimals: 4,
    atMost: gate.allocations)
  try reportInstructions(of: Part.sibling("culprit"), each: packets, unit: unit, atMost: gate.instructions) {
    [$0] + command.dropFirst() + [$1 ? many : few]
  }
}

/// Measures a command and prints its figures. What is compared is processor time, which others on this machine disturb least; none of these
/// commands uses more than one processor but tshark, a little.
/// - Parameters:
///   - packets: of the file that it reads.
///   - flows: how many its packets are of; nil when nobody asks what one takes.
@discardableResult
private func measure(
  _ name: String, _ packets: Int, _ arguments: [String], rounds: Int, flows: Int? = nil, ours: Samples? = nil
) throws -> Samples {
  var elapsed = Samples()
  var processor = Samples()
  var user = Samples()
  var resident = 0
  guard arguments[0].contains("/") || installed(arguments[0]) else {
    missing(name)
    return processor
  }
  for _ in 0..<rounds {
    let usage = try Launch.run(arguments)
    guard usage.succeeded else { break }
    elapsed.values.append(usage.elapsed * 1000)
    processor.values.append(usage.processor * 1000)
    user.values.append(usage.user * 1000)
    resident = max(resident, usage.resident)
  }
  report(name, processor, "ms of processor time", ours: ours)
  guard !processor.isEmpty else { return processor }
  func rate(_ milliseconds: Double) -> String { fixed(Double(packets) / milliseconds / 1000, 2) }
  let each = fixed(processor.least * 1e6 / Double(packets), 0)
  print(
    "    \(rate(processor.least)) million packets a second of it (middle: \(rate(processor.middle))), \(each) ns a packet; \(fixed(user.least, 1)) ms in user space; \(fixed(elapsed.least, 1)) ms passed"
  )
  if let flows {
    print("    \(resident / 1024) MiB resident, \(resident * 1024 / flows) bytes a flow with the program's own")
  }
  return processor
}
