import Files
import Glibc

/// Datagrams a second that a recorder keeps all of, and what a million of them take, over a veth pair in namespaces of their own. What is
/// recorded leaves the recorder's namespace, so that each packet is a send as well, which Culprit hears of too. Not among the figures that
/// are measured when none is named, since it needs root.
func measureRecord() throws {
  heading("datagrams of 60 bytes kept, every one, at so many a second for two seconds", goal: "none yet")
  let lab = "culprit-bench-\(getpid())"
  guard try Launch.run(["bash", "Tests/Lab/lab.sh", "up", lab]).succeeded else {
    return missing("lab", "cannot be made")
  }
  defer { _ = try? Launch.run(["bash", "Tests/Lab/lab.sh", "down", lab]) }
  for recorder in Recorder.all {
    guard recorder.command[0].contains("/") || installed(recorder.command[0]) else {
      missing(recorder.name)
      continue
    }
    var most = 0
    var processor = Samples()
    for rate in Recorder.rates {
      // Others on this machine may disturb one run.
      var isWhole = false
      for _ in 0..<3 where !isWhole {
        let run = try recorder.run(in: lab + "-a", rate: rate)
        isWhole = run.kept == run.sent
        if isWhole { processor.values.append(run.usage.processor / Double(run.sent) * 1e6) }
        print("    \(recorder.name) at \(rate): \(run.kept) of \(run.sent) kept, in \(fixed(run.seconds, 2)) s")
        // The sender itself may not be faster.
        if Double(run.sent) / run.seconds < 0.9 * Double(rate) { break }
      }
      if !isWhole { break }
      most = rate
    }
    print("  \(recorder.name): \(most) a second without a loss")
    report(recorder.name, processor, "s of processor time for a million", decimals: 2)
  }
}

/// A program that writes packets to a file until it is interrupted.
private struct Recorder {
  let name: String
  /// Without the interface, the file and the filter.
  let command: [String]
  let filter: [String]
  /// Said when it sees everything.
  let sign: String

  static let rates = [10_000, 20_000, 40_000, 60_000, 80_000, 100_000, 150_000, 200_000, 300_000]

  private static let wanted = "udp dst port 9"
  static let all = [
    Recorder(
      name: "culprit record", command: [Part.sibling("culprit"), "record", "--min-free", "0"], filter: [wanted],
      sign: "recording to"),
    Recorder(name: "tcpdump -w", command: ["tcpdump", "-Z", "root"], filter: [wanted], sign: "listening on"),
    Recorder(name: "dumpcap", command: ["dumpcap", "-q"], filter: ["-f", wanted], sign: "File: "),
  ]

  struct Run {
    var sent: Int
    var kept: Int
    /// That the sending took.
    var seconds: Double
    var usage: Usage
  }

  func run(in namespace: String, rate: Int) throws -> Run {
    let path = "/tmp/culprit-benchmark-\(getpid()).pcapng"
    defer { unsafe unlink(path) }
    let inside = ["nsenter", "--net=/run/netns/\(namespace)"]
    let words = command + ["-i", "vA", "-w", path] + filter
    let recorder = try Launch(inside + ["sh", "-c", "exec \"$0\" \"$@\" 2>&1"] + words)
    while let line = recorder.line(), !line.contains(sign) {}
    let sender = try Launch(inside + Part.command("sender", "\(rate)", "\(2 * rate)"))
    let said = (sender.line() ?? "").split(separator: " ")
    _ = sender.finish()
    // What is on its way comes within the captures' timeouts, of which tcpdump's is a second.
    usleep(1_500_000)
    recorder.interrupt()
    while recorder.line() != nil {}
    let usage = recorder.finish()
    let counter = try Launch(["capinfos", "-rTcm", path])
    let kept = counter.line().flatMap { Int($0.split(separator: ",").last ?? "") } ?? -1
    _ = counter.finish()
    return Run(sent: Int(said.first ?? "") ?? 0, kept: kept, seconds: Double(said.last ?? "") ?? .nan, usage: usage)
  }
}

/// The part that sends `count` datagrams at `rate` a second, then says how many left and how many seconds that took.
func sendDatagrams(rate: Int, count: Int) {
  let socket = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(9).bigEndian
  // 10.200.1.2, the lab's other end.
  address.sin_addr.s_addr = UInt32(0x0ac8_0102).bigEndian
  let payload = [UInt8](repeating: 0x2e, count: 18)
  var sent = 0
  let start = now()
  for number in 0..<count {
    // In steps of 64: a sleep for each would be longer than the time between two.
    if number & 63 == 0 {
      let due = start + UInt64(number) * 1_000_000_000 / UInt64(rate)
      let time = now()
      if due > time + 50_000 { usleep(UInt32((due - time) / 1000)) }
    }
    // Safe: the address and the bytes live for the call, whose lengths are theirs.
    let count = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        unsafe payload.withUnsafeBytes {
          unsafe sendto(socket, $0.baseAddress!, $0.count, 0, name, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    if count == payload.count { sent += 1 }
  }
  answer("\(sent) \(fixed(Double(now() - start) / 1e9, 3))")
}
