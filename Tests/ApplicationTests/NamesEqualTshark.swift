import Application
import Bytes
import CaptureFiles
import Correlation
import Dissection
import Events
import Foundation
import Testing

/// The names that the shared captures' conversations say, against tshark's (`NAME.names.tsv`).
struct NamesEqualTshark {
  static let names = SharedCaptures.entries
    .filter { !["snoop", "pcap-mod-LE"].contains($0.format) && $0.packets > 0 }.map(\.name)

  @Test(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"), arguments: names)
  func `the names of a capture are tshark's`(name: String) throws {
    let entry = try #require(SharedCaptures.entries.first { $0.name == name })
    let file = try #require(try CaptureFile(entry.url))
    let wanted = try Self.rows(entry.url)
    var found: [String: Int] = [:]
    var table = FlowTable()
    var conversations = Conversations()
    func note(_ messages: [Message], _ texts: Texts) {
      for message in messages {
        switch message {
        case .dns(let dns) where !dns.name.isEmpty: found["dns\t" + texts.string(dns.name), default: 0] += 1
        // HTTP/2's tshark has under another name.
        case .httpRequest(let request) where !request.host.isEmpty && texts.string(request.version) != "HTTP/2":
          found["http\t" + texts.string(request.host), default: 0] += 1
        case .tlsClientHello(let hello) where !hello.serverName.isEmpty && hello.carrier != .dtls:
          found["tls\t" + texts.string(hello.serverName), default: 0] += 1
        default: break
        }
      }
    }
    for frame in file.frames {
      let bytes = RawSpan(_elements: frame.bytes.span)
      let layers = dissect(bytes, link: frame.link, wireLength: frame.wireLength)
      guard let flow = table.record(layers, at: frame.time) else { continue }
      let isSaid = conversations.read(
        layers, bytes, flow: (flow.index, flow.isNew, flow.isForward), at: frame.time)
      if isSaid { note(conversations.messages, conversations.texts) }
      // tshark reads on in what an ICMP error quotes; here that is what another packet said.
      if layers.transport == .icmp, [3, 11].contains(layers.icmpType) {
        let quoted = bytes.extracting(layers.payload)
        var another = Conversations()
        let inner = dissect(quoted, link: LinkType(101), wireLength: quoted.byteCount)
        if another.read(inner, quoted, flow: (0, true, true), at: frame.time) { note(another.messages, another.texts) }
      }
    }
    conversations.finish { _, _, rest in note(rest.messages, rest.texts) }
    #expect(found == wanted)
  }

  static func rows(_ url: URL) throws -> [String: Int] {
    let text = try String(contentsOfFile: url.path + ".names.tsv", encoding: .utf8)
    var rows: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      let columns = line.split(separator: "\t")
      rows["\(columns[0])\t\(columns[1] == "<Root>" ? "." : columns[1])"] = Int(columns[2])
    }
    return rows
  }
}
