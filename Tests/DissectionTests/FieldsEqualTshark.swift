import CaptureFiles
import Dissection
import Events
import Foundation
import Testing

/// The fields of every frame against tshark's, where there is a tshark.
struct FieldsEqualTshark {
  static let absence = Tshark.absence

  /// A field as tshark names it, and as the layers have it; empty where the frame has none.
  static let fields: [(name: String, value: @Sendable (Layers) -> String)] = [
    ("ip.ttl", { $0.version == 4 ? "\($0.hopLimit)" : "" }),
    ("ip.id", { $0.version == 4 ? "0x" + hexadecimal($0.identification, 4) : "" }),
    ("ip.len", { $0.version == 4 ? "\($0.totalLength)" : "" }),
    ("ip.frag_offset", { $0.version == 4 ? "\($0.fragmentOffset / 8)" : "" }),
    ("ipv6.hlim", { $0.version == 6 ? "\($0.hopLimit)" : "" }),
    ("ipv6.tclass", { $0.version == 6 ? "0x" + hexadecimal(UInt32($0.trafficClass), 8) : "" }),
    ("tcp.seq_raw", { $0.transport == .tcp ? "\($0.sequence)" : "" }),
    ("tcp.ack_raw", { $0.transport == .tcp ? "\($0.acknowledgment)" : "" }),
    ("tcp.flags", { $0.transport == .tcp ? "0x" + hexadecimal(UInt32($0.tcpFlags), 4) : "" }),
    ("tcp.window_size_value", { $0.transport == .tcp ? "\($0.window)" : "" }),
    ("tcp.hdr_len", { $0.transport == .tcp ? "\($0.transportHeaderLength)" : "" }),
    ("tcp.len", { $0.transport == .tcp ? "\($0.payloadLength)" : "" }),
    ("udp.srcport", { $0.transport == .udp ? "\($0.sourcePort)" : "" }),
    ("udp.length", { $0.transport == .udp ? "\($0.payloadLength + 8)" : "" }),
    ("icmp.type", { $0.transport == .icmp ? "\($0.icmpType)" : "" }),
    ("icmp.code", { $0.transport == .icmp ? "\($0.icmpCode)" : "" }),
    ("icmpv6.type", { $0.transport == .icmpv6 ? "\($0.icmpType)" : "" }),
    ("arp.opcode", { $0.isARP ? "\($0.arpOperation)" : "" }),
    ("vlan.id", { $0.vlanCount == 0 ? "" : "\(($0.vlanCount > 1 ? $0.innerVLANTag : $0.vlanTag) & 0xfff)" }),
  ]

  /// One capture of each link type that is read, and every one in which tshark found something malformed or cut off.
  static let names: [String] = {
    var seen: Set<String> = []
    return SharedCaptures.entries
      // In a FabricPath frame tshark takes the last four bytes for a check sequence even when they are the packet's.
      .filter { $0.format != "snoop" && $0.format != "pcap-mod-LE" && !$0.protocols.contains("cfp") }
      .filter { $0.packets > 0 }
      .filter {
        seen.insert($0.linkType).inserted || !$0.protocols.isDisjoint(with: ["_ws.malformed", "_ws.short"])
      }
      .map(\.name)
  }()

  @Test(.enabled(if: absence == nil, "\(absence ?? "")"), arguments: names)
  func `every field of every frame is tshark's`(name: String) throws {
    let entry = try #require(SharedCaptures.entries.first { $0.name == name })
    let file = try #require(try CaptureFile(entry.url))
    let lines = try Self.run(entry.url.path)
    try #require(lines.count == file.frames.count)
    for (number, frame) in file.frames.enumerated() {
      let layers = dissect(RawSpan(_elements: frame.bytes.span), link: frame.link, wireLength: frame.wireLength)
      guard Self.isComparable(layers) else { continue }
      let columns = lines[number].split(separator: "\t", omittingEmptySubsequences: false)
      for (index, field) in Self.fields.enumerated() where field.value(layers) != columns[index] {
        Issue.record("\(name) frame \(number + 1): \(field.name) \(field.value(layers)), tshark \(columns[index])")
      }
    }
  }

  /// tshark names the last field of a kind in the frame, so frames are left out in which that is not the described packet's: tunnels, and
  /// ICMP errors, which quote a packet. In odd ones the two differ in what they still read.
  private static func isComparable(_ layers: Layers) -> Bool {
    guard layers.tunnels.isEmpty, layers.oddity == nil, layers.version != 0 || layers.isARP else { return false }
    return switch layers.transport {
    case .icmp: ![3, 4, 5, 11, 12].contains(layers.icmpType)
    case .icmpv6: layers.icmpType >= 128
    default: true
    }
  }

  private static func hexadecimal(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func run(_ path: String) throws -> [Substring] {
    try Tshark.lines(of: path, fields.map(\.name), options: ["-o", "ip.defragment:FALSE", "-E", "occurrence=l"])
  }
}
