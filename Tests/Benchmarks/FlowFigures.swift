import Bytes
import Files
import Glibc

/// Whole commands, from their start to their end, over a capture of a million packets that is in the page cache.
func measureFlows() throws {
  heading("packets a second, whole command, a million packets", goal: "2 million a second on one core")
  let packets = 1_000_000
  let path = "/tmp/culprit-benchmark-\(getpid()).pcap"
  defer { unsafe unlink(path) }
  let size = try writeCapture(path, packets: packets)
  print("  \(path): \(size / 1_000_000) MB, \(Traffic.conversations) conversations")
  let commands: [(name: String, arguments: [String], rounds: Int)] = [
    ("culprit flows", [Part.sibling("culprit"), "flows", "-r", path], 7),
    ("tcpdump -w /dev/null", ["tcpdump", "-r", path, "-w", "/dev/null"], 5),
    ("tshark -q -z conv,tcp", ["tshark", "-r", path, "-q", "-z", "conv,tcp"], 1),
  ]
  var ours: Samples?
  for (name, arguments, rounds) in commands {
    guard arguments[0].contains("/") || installed(arguments[0]) else {
      missing(name)
      continue
    }
    var elapsed = Samples()
    var processor = Samples()
    for _ in 0..<rounds {
      let usage = try Launch.run(arguments)
      guard usage.succeeded else { break }
      elapsed.values.append(usage.elapsed * 1000)
      processor.values.append(usage.processor * 1000)
    }
    report(name, elapsed, "ms", ours: ours)
    if !elapsed.isEmpty {
      let rate = Double(packets) / elapsed.least / 1000
      let core = Double(packets) / processor.least / 1000
      print("    \(fixed(rate, 2)) million packets a second; of processor time \(fixed(core, 2)) million")
    }
    if ours == nil { ours = elapsed }
  }
}

/// Writes the capture as a pcap file with microseconds, and answers its size in bytes.
private func writeCapture(_ path: String, packets: Int) throws -> Int {
  // Safe: the path is passed as a C string for the call.
  let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  guard file >= 0 else { throw Launch.Failure(description: "\(path): errno \(errno)") }
  defer { close(file) }
  var traffic = Traffic()
  var buffer = ByteWriter(capacity: 1 << 21)
  buffer.littleEndian(UInt32(0xa1b2_c3d4))
  for word: UInt32 in [0x0004_0002, 0, 0, 262_144, 1] { buffer.littleEndian(word) }
  var size = 0
  func flush() throws {
    guard write(RawSpan(_elements: buffer.bytes.span), to: file) else {
      throw Launch.Failure(description: "\(path): it cannot be written")
    }
    size += buffer.count
    buffer.bytes.removeAll(keepingCapacity: true)
  }
  for _ in 0..<packets {
    let time = traffic.next()
    buffer.littleEndian(UInt32(time / 1_000_000))
    buffer.littleEndian(UInt32(time % 1_000_000))
    buffer.littleEndian(UInt32(traffic.frame.count))
    buffer.littleEndian(UInt32(traffic.frame.count))
    buffer.append(traffic.frame.bytes)
    if buffer.count > 1 << 20 { try flush() }
  }
  try flush()
  return size
}
