import Application
import CaptureFiles
import Events
import Foundation
import Testing

/// What each frame of the shared captures says against tshark's fields, where there is a tshark.
struct MessagesEqualTshark {
  static let absence = Tshark.absence

  static let names = NamesEqualTshark.names

  @Test(.enabled(if: absence == nil, "\(absence ?? "")"), arguments: names)
  func `what a frame says is what tshark reads in it`(name: String) throws {
    let entry = try #require(SharedCaptures.entries.first { $0.name == name })
    let said = Said.all(in: try #require(try CaptureFile(entry.url)))
    // Where tshark found none of these protocols it need not be asked again.
    let theirs = entry.protocols.isDisjoint(with: Self.protocols) ? [] : try Self.run(entry.url.path)
    for (index, field) in Self.fields.enumerated() {
      var ours: [String: Int] = [:]
      for said in said {
        guard let value = field.value(said), !value.isEmpty else { continue }
        ours["\(said.frame) \(value)", default: 0] += 1
      }
      var wanted: [String: Int] = [:]
      for line in theirs {
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
        for value in columns[index + 1].split(separator: "|") {
          if field.name == "nbns.name" {
            // What kind of name it is tshark says in words behind it; a registration has the name twice.
            wanted["\(columns[0]) \(value.prefix { $0 != "(" }.trimming(" "))"] = 1
          } else {
            wanted["\(columns[0]) \(value)", default: 0] += 1
          }
        }
      }
      let (extra, missing) = (ours.filter { wanted[$0.key] != $0.value }, wanted.filter { ours[$0.key] != $0.value })
      let isKnown = Self.differences.contains { $0.capture == name && $0.field == field.name && missing[$0.row] == 1 }
      if isKnown, extra.isEmpty { continue }
      #expect(extra.isEmpty && missing.isEmpty, "\(field.name): only here \(extra), only there \(missing)")
    }
  }

  /// What only tshark tells, and why.
  static let differences: [(capture: String, field: String, row: String)] = [
    // A password.
    ("arkime-arkime_synthetic.pcap", "ftp.request.arg", "464 secretpassword"),
    // A message without a PDU.
    ("arkime-snmpv3_synthetic.pcap", "snmp.community", "11 public"),
  ]

  static let protocols: Set = [
    "dhcp", "dtls", "ftp", "nbns", "ntp", "quic", "smtp", "snmp", "socks", "ssh", "tls", "wg",
  ]

  /// A field as tshark names it, and its value in a message; nil where the message has none.
  static let fields: [(name: String, value: @Sendable (Said) -> String?)] = [
    ("tls.handshake.ja3", { $0.client { $0.ja3 } }),
    ("tls.handshake.ja3s", { $0.server { $0.ja3s } }),
    ("dtls.handshake.ja3", { $0.client(.dtls) { $0.ja3 } }),
    ("dtls.handshake.ja3s", { $0.server(.dtls) { $0.ja3s } }),
    ("ssh.protocol", { if case .sshBanner(let banner) = $0.message { $0.string(banner.identification) } else { nil } }),
    ("ssh.kex.hassh", { $0.keyExchange(isFromClient: true) }),
    ("ssh.kex.hasshserver", { $0.keyExchange(isFromClient: false) }),
    ("smtp.req.command", { if case .smtpCommand(let command) = $0.message { $0.string(command.verb) } else { nil } }),
    (
      "smtp.req.parameter",
      { if case .smtpCommand(let command) = $0.message { $0.string(command.argument) } else { nil } }
    ),
    ("smtp.response.code", { if case .smtpReply(let reply) = $0.message { "\(reply.status)" } else { nil } }),
    ("ftp.request.command", { if case .ftpCommand(let command) = $0.message { $0.string(command.verb) } else { nil } }),
    ("ftp.request.arg", { if case .ftpCommand(let command) = $0.message { $0.string(command.argument) } else { nil } }),
    ("ftp.response.code", { if case .ftpReply(let reply) = $0.message { "\(reply.status)" } else { nil } }),
    (
      "ftp.passive.port", { if case .ftpReply(let reply) = $0.message { reply.data.map { "\($0.port)" } } else { nil } }
    ),
    ("socks.remote_name", { if case .socksRequest(let request) = $0.message { $0.string(request.host) } else { nil } }),
    ("ntp.flags.mode", { if case .ntp(let message) = $0.message { "\(message.mode)" } else { nil } }),
    ("dhcp.option.dhcp", { if case .dhcp(let message) = $0.message { "\(message.type)" } else { nil } }),
    ("dhcp.option.hostname", { if case .dhcp(let message) = $0.message { $0.string(message.hostName) } else { nil } }),
    (
      "dhcp.option.requested_ip_address",
      { if case .dhcp(let message) = $0.message { message.requestedAddress?.description } else { nil } }
    ),
    (
      "dhcp.option.vendor_class_id",
      { if case .dhcp(let message) = $0.message { $0.string(message.vendorClass) } else { nil } }
    ),
    ("snmp.community", { if case .snmp(let message) = $0.message { $0.community(message) } else { nil } }),
    ("snmp.msgUserName", { if case .snmp(let message) = $0.message { $0.userName(message) } else { nil } }),
    ("wg.type", { if case .wireGuard(let message) = $0.message { "\(message.type)" } else { nil } }),
    ("nbns.name", { if case .nbns(let message) = $0.message { $0.name(message) } else { nil } }),
  ]

  private static func run(_ path: String) throws -> [Substring] {
    try Tshark.lines(
      of: path, ["frame.number"] + fields.map(\.name), options: ["-E", "occurrence=a", "-E", "aggregator=|"])
  }
}

extension Said {
  fileprivate func client(_ carrier: TLSCarrier? = nil, _ field: (TLSClientHello) -> TextRange) -> String? {
    guard case .tlsClientHello(let hello) = message else { return nil }
    return (carrier == nil ? hello.carrier != .dtls : hello.carrier == carrier) ? string(field(hello)) : nil
  }

  fileprivate func server(_ carrier: TLSCarrier? = nil, _ field: (TLSServerHello) -> TextRange) -> String? {
    guard case .tlsServerHello(let hello) = message else { return nil }
    return (carrier == nil ? hello.carrier != .dtls : hello.carrier == carrier) ? string(field(hello)) : nil
  }

  fileprivate func keyExchange(isFromClient: Bool) -> String? {
    guard case .sshKeyExchange(let exchange) = message, exchange.isFromClient == isFromClient else { return nil }
    return string(exchange.hassh)
  }

  /// As tshark writes it: the last byte in hexadecimal, and so what is not printable.
  fileprivate func name(_ message: NBNSMessage) -> String {
    func hexadecimal(_ byte: UInt8) -> String { "<" + (byte < 16 ? "0" : "") + String(byte, radix: 16) + ">" }
    return texts[message.name].map { $0 < 0x20 ? hexadecimal($0) : String(UnicodeScalar($0)) }.joined()
      + hexadecimal(message.suffix)
  }

  fileprivate func community(_ message: SNMPMessage) -> String? {
    message.version == 3 ? nil : string(message.community)
  }
  fileprivate func userName(_ message: SNMPMessage) -> String? {
    message.version == 3 ? string(message.community) : nil
  }
}

extension Substring {
  fileprivate func trimming(_ character: Character) -> Substring {
    last == character ? dropLast().trimming(character) : self
  }
}
