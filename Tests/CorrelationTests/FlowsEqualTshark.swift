import CaptureFiles
import Correlation
import Dissection
import Events
import Testing

/// The flow table against tshark, over every capture that has its answer (`NAME.flows.tsv`, made by truth.sh) beside it.
struct FlowsEqualTshark {
  @Test(
    .enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"),
    arguments: SharedCaptures.entries.filter(isReadable))
  func `every flow has tshark's packets and bytes`(entry: SharedCaptures.Entry) throws {
    let truth = try #require(try SharedCaptures.flows(of: entry.name))
    let file = try #require(try CaptureFile(entry.url))
    #expect(file.frames.count == entry.packets, "\(entry.name): the reader of these tests lost frames")
    let rows = rows(of: file)
    let differing = Set(rows.keys).union(truth.keys).sorted().filter { rows[$0] != truth[$0] }
    for row in differing {
      Issue.record("\(entry.name): \(row): \(rows[row] ?? []), tshark says \(truth[row] ?? [])")
    }
  }

  @Test(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"))
  func `nearly all captures are compared, and what is left out has its reason`() throws {
    let left = SharedCaptures.entries.filter { !isReadable($0) }
    for entry in left { print("not compared: \(entry.name): \(Self.reason(entry) ?? "")") }
    #expect(SharedCaptures.entries.count - left.count >= 80)
    // A file may only be left out where nothing could be equal: its link type is not read, or it is no pcap.
    for entry in left {
      guard let file = try CaptureFile(entry.url) else { continue }
      #expect(file.frames.contains { !$0.link.isDissected } || file.frames.isEmpty, "\(entry.name) could be compared")
    }
  }

  /// Why a capture cannot be compared; nil when it can. By its format, and by whether it has rows that stand behind a link type
  /// that is not read.
  static func reason(_ entry: SharedCaptures.Entry) -> String? {
    if entry.format == "snoop" { return "is not pcap, and has no answer" }
    if entry.format == "pcap-mod-LE" { return "is a dialect of pcap that the reader of these tests does not know" }
    return nil
  }

  /// The flow table's rows in truth.sh's form: protocol and the ends, the lesser first; packets and bytes each way.
  private func rows(of file: CaptureFile) -> [String: [UInt64]] {
    var table = FlowTable(seed: 1)
    for frame in file.frames {
      guard let key = comparable(frame) else { continue }
      table.record(key, bytes: frame.wireLength, at: frame.time)
    }
    var rows: [String: [UInt64]] = [:]
    for index in 0..<table.count {
      let flow = table[index]
      let ends = [flow.key.source, flow.key.destination].map { "\($0.address) \($0.port)" }
      let (out, back) = ([flow.packetsOut, flow.bytesOut], [flow.packetsIn, flow.bytesIn])
      let name = flow.key.proto == 6 ? "tcp" : "udp"
      if ends[0] < ends[1] {
        rows["\(name)\t\(ends[0])\t\(ends[1])"] = out + back
      } else {
        rows["\(name)\t\(ends[1])\t\(ends[0])"] = back + out
      }
    }
    return rows
  }

  /// The key that truth.sh gives a frame; nil when it leaves the frame out: without TCP or UDP, with an IP fragment in it, with ICMP
  /// in it, or with one of the tunnels that its filter names.
  private func comparable(_ frame: CaptureFile.Frame) -> FlowKey? {
    func read(_ tunnels: Tunnels) -> Layers {
      dissect(
        RawSpan(_elements: frame.bytes.span), link: frame.link, wireLength: frame.wireLength, entering: tunnels)
    }
    let inner = read(.all)
    guard inner.tunnels.isDisjoint(with: [.gre, .vxlan, .geneve, .gtp, .mpls]), !inner.marks.contains(.fragmented),
      inner.transport != .icmp, inner.transport != .icmpv6
    else { return nil }
    var ports = inner
    // Its fields are tshark's last of a name in the frame: a packet without ports in a UDP tunnel is given the tunnel's ports …
    if !inner.marks.contains(.ports), !inner.tunnels.isEmpty { ports = read([]) }
    guard ports.transport == .tcp || ports.transport == .udp, ports.marks.contains(.ports) else { return nil }
    // … and IPv6 addresses are preferred, be they those of the tunnel.
    var addresses = inner
    if inner.version == 4, !inner.tunnels.isEmpty {
      let outer = read([])
      if outer.version == 6 { addresses = outer }
    }
    return FlowKey(
      source: Endpoint(addresses.source, ports.sourcePort),
      destination: Endpoint(addresses.destination, ports.destinationPort), proto: ports.transport == .tcp ? 6 : 17)
  }
}

private func isReadable(_ entry: SharedCaptures.Entry) -> Bool { FlowsEqualTshark.reason(entry) == nil }
