import Glibc
import SampleTraffic

private let packets = 1_000_000

/// Whole commands, from their start to their end, over files of a million packets that are in the page cache.
func measureFlows() throws {
  let capture = "/tmp/culprit-benchmark-\(getpid()).pcap"
  let recording = "/tmp/culprit-benchmark-\(getpid()).pcapng"
  defer { for path in [capture, recording] { unsafe unlink(path) } }
  try writeCapture(capture, packets: packets)
  try writeRecording(recording, packets: packets)

  heading("conversations of a capture, a million packets", goal: "2 million a second on one core")
  let ours = try measure("culprit flows", [Part.sibling("culprit"), "flows", "-r", capture], rounds: 7)
  try measure("tcpdump -w /dev/null", ["tcpdump", "-r", capture, "-w", "/dev/null"], rounds: 5, ours: ours)
  try measure("tshark -q -z conv,tcp", ["tshark", "-r", capture, "-q", "-z", "conv,tcp"], rounds: 1, ours: ours)
  heading("conversations of a recording with owners, a million packets", goal: "none yet")
  try measure("culprit flows", [Part.sibling("culprit"), "flows", "-r", recording], rounds: 5)
  heading("a D program over a million packets", goal: "none yet")
  let program = "packet::: { @[probefunc] = sum(args[0]->pkt_len); }"
  print("  \(program)")
  try measure("a capture", [Part.sibling("culprit"), "-q", "-r", capture, "-n", program], rounds: 5)
  try measure("a recording with owners", [Part.sibling("culprit"), "-q", "-r", recording, "-n", program], rounds: 5)
  heading("a line a packet, a million packets", goal: "none yet")
  let lines = try measure("culprit packets", [Part.sibling("culprit"), "packets", "-r", capture], rounds: 3)
  try measure("tcpdump -nn", ["tcpdump", "-nn", "-r", capture], rounds: 3, ours: lines)
}

/// Measures a command over a million packets and prints its figures. What is compared is processor time, which others on this machine
/// disturb least; none of these commands uses more than one processor but tshark, a little.
@discardableResult
private func measure(
  _ name: String, _ arguments: [String], rounds: Int, ours: Samples? = nil
) throws -> Samples {
  var elapsed = Samples()
  var processor = Samples()
  guard arguments[0].contains("/") || installed(arguments[0]) else {
    missing(name)
    return processor
  }
  for _ in 0..<rounds {
    let usage = try Launch.run(arguments)
    guard usage.succeeded else { break }
    elapsed.values.append(usage.elapsed * 1000)
    processor.values.append(usage.processor * 1000)
  }
  report(name, processor, "ms of processor time", ours: ours)
  guard !processor.isEmpty else { return processor }
  let rate = Double(packets) / processor.least / 1000
  print("    \(fixed(rate, 2)) million packets a second of it; \(fixed(elapsed.least, 1)) ms passed")
  return processor
}
