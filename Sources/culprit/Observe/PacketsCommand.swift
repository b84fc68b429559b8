import ArgumentParser
import Dissection
import Events
import Reports
import Session

/// `culprit packets`: a line a packet of a file or of a live run, with its owner, and if asked for by what evidence.
struct PacketsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packets", abstract: "One line a packet, with the process that owns it.")

  @Option(
    name: .customShort("r"),
    help: "A recording or a capture (pcap, pcapng, .gz; - is standard input); several are read as one.")
  var files: [String] = []

  @Option(
    name: [.long, .customShort("i")], help: "Without -r: an interface to capture from, live; may be given again.")
  var interface: [String] = []

  @Option(help: "How long to capture, such as 30s; else until it is interrupted.")
  var duration: String?

  @Flag(help: "Below each packet by what evidence its owner was named.")
  var explain = false

  @Flag(help: "One JSON object a line.")
  var json = false

  func validate() throws {
    if files.isEmpty, interface.isEmpty { throw ValidationError("which packets: -r FILE or --interface IF") }
    if !files.isEmpty, !interface.isEmpty || duration != nil {
      throw ValidationError("-r reads a file; --interface and --duration are for a live run")
    }
    if let duration, seconds(duration) == nil {
      throw ValidationError("'\(duration)' is not a duration such as 30s")
    }
    if explain, json { throw ValidationError("--explain and --json exclude each other") }
  }

  func run() throws {
    if files.isEmpty || explain { return try runWithEvents() }
    let damage: String?
    var packets = PacketText()
    do {
      damage = try readPackets(files) { packet in
        put(json ? line(packet) : packets.line(packet.layers, at: packet.info.time) + " " + owner(packet) + "\n")
        return true
      }
    } catch { throw ExitCode(complain(error)) }
    if let damage {
      note("culprit: \(damage); what could be read is shown")
      throw ExitCode(ExitStatus.incomplete)
    }
  }

  /// Live, or with what was told beside the packets.
  private func runWithEvents() throws {
    var request = ObservationRequest()
    request.looksAround = false
    request.interfaces = interface
    request.duration = duration.flatMap(seconds)
    request.isLocal = true
    var text = ExplanationText()
    let isComplete: Bool
    do {
      isComplete = try explainPackets(files, live: request, .all) {
        note("culprit: watching \(interface.joined(separator: ", "))")
      } _: { found in
        if json {
          put(line(PacketLine(number: found.number, info: found.info, layers: found.layers, owner: found.owner)))
        } else {
          put(explain ? text.lines(found) : text.line(found))
        }
      }
    } catch { throw ExitCode(complain(error)) }
    if !isComplete { throw ExitCode(ExitStatus.incomplete) }
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
