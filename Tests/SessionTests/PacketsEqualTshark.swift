import Bytes
import CaptureFiles
import Dissection
import Events
import Foundation
import Session
import Testing

/// D over captures of other programs, against what tshark says of them.
@Suite(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"))
struct PacketsEqualTshark {
  /// Captures in which D's packet and tshark's conversation are the same thing: no tunnel, no fragment, nothing malformed. In
  /// those `CorrelationTests` compares with rules of its own.
  static let plain = SharedCaptures.entries.filter { entry in
    guard entry.format != "snoop", entry.format != "pcap-mod-LE", let file = try? CaptureFile(entry.url) else {
      return false
    }
    return file.frames.allSatisfy { frame in
      let layers = dissect(
        RawSpan(_elements: frame.bytes.span), link: frame.link, wireLength: frame.wireLength, entering: .all)
      return layers.tunnels.isEmpty && !layers.marks.contains(.fragmented)
    }
  }

  @Test(arguments: plain)
  func `packets and bytes by address and port are tshark's conversations`(entry: SharedCaptures.Entry) throws {
    let truth = try #require(try SharedCaptures.flows(of: entry.name))
    func clause(_ proto: String, _ argument: String) -> String {
      let ends =
        "probefunc, args[2]->ip_saddr, \(argument)->\(proto)_sport, args[2]->ip_daddr, \(argument)->\(proto)_dport"
      return "packet::\(proto): { @packets[\(ends)] = count(); @bytes[\(ends)] = sum(args[0]->pkt_len); }"
    }
    let answer = try answer(
      clause("tcp", "args[4]") + clause("udp", "args[5]"),
      over: entry.url.path, rows: ["packets", "bytes"])
    var found: [String: [UInt64]] = [:]
    for (name, place) in [("packets", 0), ("bytes", 1)] {
      for row in answer.rows[name] ?? [] {
        let (conversation, isReversed) = conversation(row.key)
        found[conversation, default: [0, 0, 0, 0]][place + (isReversed ? 2 : 0)] = UInt64(row.number)
      }
    }
    #expect(found == truth)
    #expect(answer.end.progress.packets == entry.packets)
  }

  @Test func `most captures are compared`() { #expect(Self.plain.count >= 60) }

  /// As truth.sh has it: protocol and the ends, the lesser first; and whether this is the other way round.
  private func conversation(_ key: [AggregationRow.Part]) -> (String, isReversed: Bool) {
    let words = key.map { part in
      switch part {
      case .integer(let value): "\(value)"
      case .text(let text): text
      }
    }
    let (source, destination) = ("\(words[1]) \(words[2])", "\(words[3]) \(words[4])")
    return source < destination
      ? ("\(words[0])\t\(source)\t\(destination)", false) : ("\(words[0])\t\(destination)\t\(source)", true)
  }

  static let tshark = ["/usr/bin/tshark", "/usr/local/bin/tshark"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    .enabled(if: tshark != nil, "no tshark in /usr/bin or /usr/local/bin"),
    arguments: ["pcapplusplus-650HttpResponses.pcap", "zeek-bro.org.pcap", "tcpdump-tcp-handshake-nano.pcap"])
  func `each packet's headers are printed as tshark reads them`(name: String) throws {
    let path = SharedCaptures.folder.appendingPathComponent(name).path
    let answer = try answer(
      #"""
      packet::tcp:
      {
        printf("%d %s %s %d %d %d %u %u %d %d %d\n", args[0]->pkt_number, args[2]->ip_saddr, args[2]->ip_daddr,
            args[2]->ip_ttl, args[4]->tcp_sport, args[4]->tcp_dport, args[4]->tcp_seq, args[4]->tcp_ack,
            args[4]->tcp_flags, args[4]->tcp_window, args[4]->tcp_length);
      }
      """#, over: path)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.tshark!)
    let fields = [
      "frame.number", "ip.src", "ip.dst", "ip.ttl", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw",
      "tcp.flags", "tcp.window_size_value", "tcp.len",
    ]
    process.arguments =
      ["-n", "-r", path, "-Y", "tcp and not icmp", "-T", "fields", "-E", "separator= "] + fields.flatMap { ["-e", $0] }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let truth = text.split(separator: "\n").map { line in
      line.split(separator: " ").map { word in
        word.hasPrefix("0x") ? "\(UInt64(word.dropFirst(2), radix: 16) ?? 0)" : String(word)
      }.joined(separator: " ")
    }
    #expect(!truth.isEmpty)
    #expect(answer.output.split(separator: "\n").map(String.init) == truth)
  }

  @Test func `a packet fires the probe of its own interface, and any module's stands for all`() throws {
    let path = SharedCaptures.folder.appendingPathComponent("pcapplusplus-many_interfaces-1.pcapng").path
    let answer = try answer(
      "packet::: { @all = count(); @by[args[3]->if_name] = count(); @module[probemod] = count(); }", over: path,
      rows: ["all", "by", "module"])
    #expect(answer.rows["all"]?.first?.number == 64)
    #expect(answer.rows["by"].map(Set.init) == answer.rows["module"].map(Set.init))
    #expect((answer.rows["by"]?.count ?? 0) > 1)
  }
}
