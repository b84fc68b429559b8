package import Dissection
package import Events
import Time

/// Packets as `tcpdump -n -r` prints them, as far as the headers go: what application data says is left out.
///
/// It keeps where the streams of connections began, since sequence numbers are printed relative to that.
package struct PacketText: Sendable {
  /// Where both directions of a connection began, by the end that was seen first.
  private struct Beginnings: Sendable {
    var sequence: UInt32
    var acknowledgment: UInt32
  }
  private var connections: [FlowKey: Beginnings] = [:]
  private var time = ClockText()

  /// Connections that are kept; when there are more, all are forgotten, and the next packet of each prints its own numbers.
  private static let most = 1 << 16

  package init() {}

  /// One packet, without its owner and the end of the line.
  package mutating func line(_ layers: Layers, at moment: Instant) -> String {
    time.text(moment) + " " + content(layers)
  }

  private mutating func content(_ layers: Layers) -> String {
    if layers.isARP { return arp(layers) }
    guard layers.version != 0 else {
      return "ethertype 0x\(hex(UInt64(layers.etherType), digits: 4)), length \(layers.wireLength)"
    }
    let name = layers.version == 6 ? "IP6" : "IP"
    let (source, destination) = (layers.source.description, layers.destination.description)
    guard layers.marks.contains(.ports), !layers.isLaterFragment else {
      return "\(name) \(source) > \(destination): " + portless(layers)
    }
    let ends = "\(name) \(source).\(layers.sourcePort) > \(destination).\(layers.destinationPort): "
    switch layers.transport {
    case .tcp: return ends + tcp(layers)
    case .udp: return ends + "UDP, length \(layers.payloadLength)"
    default: return ends + "\(protocolName(layers.proto)), length \(layers.payloadLength)"
    }
  }

  // MARK: Protocols

  private mutating func tcp(_ layers: Layers) -> String {
    let flags = layers.tcpFlags
    var (sequence, acknowledgment) = (layers.sequence, layers.acknowledgment)
    // What acknowledges nothing is printed as it is.
    if flags & 0b1_0000 != 0, let key = layers.flowKey, let beginnings = beginnings(key, layers) {
      sequence &-= beginnings.sequence
      acknowledgment &-= beginnings.acknowledgment
    }
    var text = "Flags [\(flagLetters(flags))]"
    if layers.payloadLength > 0 {
      text += ", seq \(sequence):\(sequence &+ layers.payloadLength)"
    } else if flags & 0b111 != 0 {
      text += ", seq \(sequence)"
    }
    if flags & 0b1_0000 != 0 { text += ", ack \(acknowledgment)" }
    return text + ", win \(layers.window), length \(layers.payloadLength)"
  }

  /// What to subtract; nil for the packet that begins a connection, or that is the first seen of one.
  private mutating func beginnings(_ key: FlowKey, _ layers: Layers) -> Beginnings? {
    if layers.tcpFlags & 0b10 == 0 {
      if let own = connections[key] { return own }
      if let other = connections[key.reversed] {
        return Beginnings(sequence: other.acknowledgment, acknowledgment: other.sequence)
      }
    }
    if connections.count >= Self.most { connections.removeAll() }
    if connections[key.reversed] == nil {
      connections[key] = Beginnings(sequence: layers.sequence, acknowledgment: layers.acknowledgment &- 1)
    } else {
      connections[key.reversed] = Beginnings(sequence: layers.acknowledgment &- 1, acknowledgment: layers.sequence)
    }
    return nil
  }

  private func flagLetters(_ flags: UInt16) -> String {
    let letters = zip(["F", "S", "R", "P", ".", "U", "E", "W"], 0...).filter { flags >> UInt16($0.1) & 1 != 0 }
    return letters.isEmpty ? "none" : letters.map(\.0).joined()
  }

  private func portless(_ layers: Layers) -> String {
    let length = layers.totalLength >= layers.networkHeaderLength ? layers.totalLength - layers.networkHeaderLength : 0
    if layers.isLaterFragment { return "\(protocolName(layers.proto)) fragment, length \(length)" }
    switch layers.transport {
    case .icmp: return "ICMP \(icmp(layers, names: icmpNames)), length \(length)"
    case .icmpv6: return "ICMP6, \(icmp(layers, names: icmp6Names)), length \(length)"
    case .tcp, .udp: return "\(protocolName(layers.proto)), cut off, length \(length)"
    default: return "\(protocolName(layers.proto)), length \(length)"
    }
  }

  private func icmp(_ layers: Layers, names: [UInt8: String]) -> String {
    let type = layers.icmpType
    let isEcho = layers.version == 6 ? type == 128 || type == 129 : type == 0 || type == 8
    guard let name = names[type] else { return "type \(type), code \(layers.icmpCode)" }
    if isEcho { return "\(name), id \(layers.echoIdentifier), seq \(layers.echoSequence)" }
    return layers.icmpCode == 0 ? name : "\(name), code \(layers.icmpCode)"
  }

  private func arp(_ layers: Layers) -> String {
    let (sender, target) = (layers.source, layers.destination)
    let length = layers.wireLength >= layers.networkOffset ? layers.wireLength - layers.networkOffset : 0
    switch layers.arpOperation {
    case 1: return "ARP, Request who-has \(target) tell \(sender), length \(length)"
    case 2: return "ARP, Reply \(sender) is-at \(hardware(layers.hardwareSource)), length \(length)"
    default: return "ARP, operation \(layers.arpOperation), length \(length)"
    }
  }

  private func hardware(_ address: UInt64) -> String {
    stride(from: 40, through: 0, by: -8).map { hex(address >> UInt64($0) & 0xff, digits: 2) }.joined(separator: ":")
  }
}

private let icmpNames: [UInt8: String] = [
  0: "echo reply", 3: "unreachable", 4: "source quench", 5: "redirect", 8: "echo request", 11: "time exceeded",
  12: "parameter problem", 13: "time stamp query", 14: "time stamp reply",
]

private let icmp6Names: [UInt8: String] = [
  1: "destination unreachable", 2: "packet too big", 3: "time exceeded", 4: "parameter problem", 128: "echo request",
  129: "echo reply", 130: "multicast listener query", 131: "multicast listener report", 132: "multicast listener done",
  133: "router solicitation", 134: "router advertisement", 135: "neighbor solicitation", 136: "neighbor advertisement",
  137: "redirect", 143: "multicast listener report v2",
]

private func hex(_ value: UInt64, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// `HH:MM:SS.ffffff` in this machine's zone; the second that was asked for last is kept.
private struct ClockText: Sendable {
  private var second = Int64.min
  private var clock = ""

  mutating func text(_ moment: Instant) -> String {
    var (second, rest) = moment.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest < 0 {
      rest += 1_000_000_000
      second -= 1
    }
    if second != self.second {
      self.second = second
      clock = LocalTime(seconds: second).map { "\(two($0.hour)):\(two($0.minute)):\(two($0.second))" } ?? "--:--:--"
    }
    let micros = String(rest / 1000)
    return clock + "." + String(repeating: "0", count: 6 - micros.count) + micros
  }

  private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
