import Bytes
import Capture
import CaptureFiles
import Events
import Foundation
import Session
import Testing

/// What of a live capture is left in the kernel, because no clause can want it.
struct PacketPushdownTests {
  private func filter(_ text: String) throws -> String {
    var request = TraceRequest()
    request.pieces = [.init(isScript: false, label: "test", text: text)]
    let trace = try HostTrace(request, target: nil, interfaces: ["eth0"]) { _ in
      true
    } note: { _ in
    }
    return trace.packetFilter
  }

  @Test(arguments: [
    "packet::: { @ = count(); }",
    "packet::tcp:, packet::udp:, packet::icmp:, packet::icmp6:, packet::arp: { @ = count(); }",
    "packet::: /execname == \"srg\"/ { @ = count(); }",
    "packet::: /args[0]->pkt_len > 100/ { @ = count(); }",
    "packet::: /args[4]->tcp_dport != 443/ { @ = count(); }",
    "packet::: /!args[4]->tcp_dport/ { @ = count(); }",
    "packet::: /args[4]->tcp_dport == 443 || pid == 1/ { @ = count(); }",
    "packet::tcp: /args[4]->tcp_dport == 443/ { @ = count(); } packet::: { @all = count(); }",
    "int n; packet::: /n++ > 5 && args[4]->tcp_dport == 443/ { @ = count(); }",
    "packet::tcp: /args[4]->tcp_dport == 443/ { @ = max(args[0]->pkt_number); }",
    "packet::tcp: /args[4]->tcp_dport == 443/ { @ = count(); } dns:::query { @q = count(); }",
  ])
  func `a program that may want every packet, or counts them, sees every packet`(text: String) throws {
    #expect(try filter(text) == "")
  }

  @Test func `which of a socket's datagrams is whose is not told apart without their neighbours`() throws {
    let whose = try filter("packet::udp: /args[5]->udp_dport == 53/ { @[execname] = count(); }")
    #expect(!whose.contains("53") && whose.contains("ip[9] = 6"))
    #expect(try filter("packet::udp: /args[5]->udp_dport == 53/ { @ = count(); }").contains("udp port 53"))
    #expect(try filter("packet::tcp: /args[4]->tcp_dport == 53/ { @[pid] = count(); }").contains("tcp port 53"))
  }

  static let selections = [
    "packet::tcp:", "packet::udp:", "packet::icmp:,packet::icmp6:", "packet::arp:", "packet::ip:,packet::ip6:",
    "packet::: /args[4]->tcp_dport == 80/", "packet::: /args[4]->tcp_sport == 80 && args[0]->pkt_len > 100/",
    "packet::: /args[4]->tcp_dport == 80 || args[5]->udp_dport == 53/",
    "packet::: /53 == args[5]->udp_sport && args[2]->ip_ver == 4/", "packet::: /args[2]->ip_proto == 6/",
    "packet::: /args[2]->ip_proto == 17 && args[5]->udp_dport == 53/", "packet::: /args[4]->tcp_flags & 2/",
    "packet::: /(args[4]->tcp_flags & 4) != 0/", "packet::: /args[6]->icmp_type == 8/", "packet::: /args[4] != NULL/",
    "packet::: /args[4] && args[4]->tcp_window > 100/", "packet::: /probefunc == \"udp\" && args[5]->udp_length >= 1/",
    "packet::: /args[2]->ip_proto == 132/", "packet::: /1024 < args[5]->udp_dport/",
  ]

  @Test(
    .enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"), arguments: selections)
  func `of every capture the filter lets through what the clauses take`(selection: String) throws {
    let text = try filter("\(selection) { @ = sum(args[0]->pkt_len); }")
    #expect(!text.isEmpty)
    var taken = 0
    var left = 0
    for entry in SharedCaptures.entries where entry.format != "snoop" && entry.format != "pcap-mod-LE" {
      guard let file = try? CaptureFile(entry.url), file.frames.count == entry.packets else { continue }
      let wanted = Set(
        try answer("\(selection) { printf(\"%d\\n\", args[0]->pkt_number); }", over: entry.url.path).output
          .split(separator: "\n").map { Int($0)! })
      taken += wanted.count
      guard let first = file.frames.first, var filter = try? Filter(text, linkType: first.link) else { continue }
      for (index, frame) in file.frames.enumerated() {
        let info = FrameInfo(
          time: Instant(nanoseconds: 0), wireLength: frame.wireLength, linkType: frame.link, interface: 0)
        if let passes = try? filter.matches(info, RawSpan(_elements: frame.bytes.span)), !passes {
          left += 1
          #expect(!wanted.contains(index + 1), "\(entry.name), packet \(index + 1)")
        }
      }
    }
    #expect(left > 0)
    #expect(taken > 0 || selection.contains("132"))
  }
}
