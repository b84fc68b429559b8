import ArgumentParser
import Dissection
import Events
import Reports
import Session

/// `culprit packets -r FILE`: a line a packet, with its owner.
struct PacketsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packets", abstract: "One line a packet, with the process that owns it.")

  @Option(
    name: .customShort("r"),
    help: "A recording or a capture (pcap, pcapng, .gz; - is standard input); several are read as one.")
  var files: [String] = []

  @Flag(help: "One JSON object a line.")
  var json = false

  func validate() throws {
    if files.isEmpty { throw ValidationError("which file: -r FILE") }
  }

  func run() throws {
    let damage: String?
    var packets = PacketText()
    do {
      damage = try readPackets(files) { packet in
        put(json ? line(packet) : packets.line(packet.layers, at: packet.info.time) + " " + owner(packet) + "\n")
        return true
      }
    } catch { throw ExitCode(complain(error)) }
    if let damage {
      note("culprit: \(damage); what was read before it is shown")
      throw ExitCode(ExitStatus.incomplete)
    }
  }

  /// After what tcpdump would say.
  private func owner(_ packet: PacketLine) -> String { "(\(packet.owner?.line ?? "not recorded"))" }

  private func line(_ packet: PacketLine) -> String {
    let key = packet.layers.flowKey
    var json = JSON()
    json.object { json in
      json.number("number", packet.number)
      json.seconds("time", nanoseconds: packet.info.time.nanoseconds)
      json.number("length", packet.info.wireLength)
      json.string("proto", key.map { protocolName($0.proto) })
      json.string("src", key?.source.address.description)
      json.number("sport", key?.source.port)
      json.string("dst", key?.destination.address.description)
      json.number("dport", key?.destination.port)
      json.string("direction", packet.info.direction.word)
      (packet.owner ?? .unattributed("not-recorded")).write(to: &json, as: "owner")
    }
    return json.text + "\n"
  }
}

extension Direction {
  /// As probes name it.
  fileprivate var word: String? {
    switch self {
    case .unknown: nil
    case .inbound: "receive"
    case .outbound: "send"
    }
  }
}
