import CaptureFiles
import Dissection
import Events
import Foundation
import Support
import Testing

@Suite(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"))
struct FlowsCommandTests {
  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }

  private struct Row: Decodable {
    var proto: String
    var src: String
    var sport: Int
    var dst: String
    var dport: Int
    var packetsOut: UInt64
    var bytesOut: UInt64
    var packetsIn: UInt64
    var bytesIn: UInt64
  }

  /// The command's rows in the form of `NAME.flows.tsv`: protocol and the ends, the lesser first; packets and bytes each way.
  private func rows(_ lines: [String]) throws -> [String: [UInt64]] {
    var rows: [String: [UInt64]] = [:]
    for line in lines {
      let row = try Self.decoder.decode(Row.self, from: Data(line.utf8))
      guard row.proto == "tcp" || row.proto == "udp", row.sport != 0 || row.dport != 0 else { continue }
      let (source, destination) = ("\(row.src) \(row.sport)", "\(row.dst) \(row.dport)")
      let (out, back) = ([row.packetsOut, row.bytesOut], [row.packetsIn, row.bytesIn])
      if source < destination {
        rows["\(row.proto)\t\(source)\t\(destination)"] = out + back
      } else {
        rows["\(row.proto)\t\(destination)\t\(source)"] = back + out
      }
    }
    return rows
  }

  /// The ends, in the same form, of all that truth.sh leaves out or sees from outside: fragments and tunnels.
  private func leftOut(_ file: CaptureFile) -> Set<String> {
    var names: Set<String> = []
    for frame in file.frames {
      func read(_ tunnels: Tunnels) -> Layers {
        dissect(RawSpan(_elements: frame.bytes.span), link: frame.link, wireLength: frame.wireLength, entering: tunnels)
      }
      let (inner, outer) = (read(.all), read([]))
      guard !inner.tunnels.isEmpty || inner.marks.contains(.fragmented) else { continue }
      for addresses in [inner, outer] {
        for ports in [inner, outer] {
          let ends = ["\(addresses.source) \(ports.sourcePort)", "\(addresses.destination) \(ports.destinationPort)"]
          for proto in ["tcp", "udp"] { names.insert(([proto] + ends.sorted()).joined(separator: "\t")) }
        }
      }
    }
    return names
  }

  @Test(arguments: SharedCaptures.entries.filter { $0.format != "snoop" && $0.format != "pcap-mod-LE" })
  func `flows -r says what tshark's conversations say`(entry: SharedCaptures.Entry) throws {
    let truth = try #require(try SharedCaptures.flows(of: entry.name))
    let run = try culprit("flows", "-r", entry.url.path, "--json")
    #expect(run.end == .exited(0) && run.errors.isEmpty, "\(run.errors)")
    let file = try #require(try CaptureFile(entry.url))
    let exempt = leftOut(file)
    let found = try rows(run.output)
    for name in Set(found.keys).union(truth.keys).subtracting(exempt) where found[name] != truth[name] {
      Issue.record("\(name): \(found[name] ?? []), tshark says \(truth[name] ?? [])")
    }
  }

  @Test func `nearly every conversation is compared`() throws {
    var (all, exempt) = (0, 0)
    for entry in SharedCaptures.entries {
      guard let truth = try SharedCaptures.flows(of: entry.name), let file = try CaptureFile(entry.url) else {
        continue
      }
      all += truth.count
      exempt += leftOut(file).intersection(truth.keys).count
    }
    #expect(all > 1500 && exempt * 20 < all, "\(exempt) of \(all) are not")
  }

  private var busy: String { SharedCaptures.folder.path + "/pcapplusplus-650HttpResponses.pcap" }

  @Test func `the table has the largest first, a total, and the reason why nobody owns a flow`() throws {
    let table = try culprit("flows", "-r", busy)
    let json = try culprit("flows", "-r", busy, "--json")
    #expect(table.output.count == json.output.count + 2)
    #expect(table.output.first?.hasPrefix("PROTO") == true)
    #expect(table.output[1].hasSuffix("nobody: not-recorded"))
    let rows = try json.output.map { try Self.decoder.decode(Row.self, from: Data($0.utf8)) }
    let bytes = rows.map { $0.bytesOut + $0.bytesIn }
    #expect(bytes == bytes.sorted(by: >))
    // The flows, packets and bytes each way, and what was sent again.
    let total = table.output.last?.split(separator: " ").compactMap { UInt64($0) }.dropLast() ?? []
    #expect(
      total.last == rows.reduce(0) { $0 + $1.bytesIn }
        && total.dropLast(2).last == rows.reduce(0) { $0 + $1.bytesOut })
  }

  @Test func `by host and by process are the same traffic`() throws {
    struct Group: Decodable {
      var flows: Int
      var bytesOut: UInt64
      var bytesIn: UInt64
    }
    func sum(_ by: String) throws -> (flows: Int, bytes: UInt64, rows: Int) {
      let file = SharedCaptures.folder.path + "/pcap-parser-wireshark_samples-test.pcapng"
      let rows = try culprit("flows", "-r", file, "--by", by, "--json").output.map {
        try Self.decoder.decode(Group.self, from: Data($0.utf8))
      }
      return (rows.reduce(0) { $0 + $1.flows }, rows.reduce(0) { $0 + $1.bytesOut + $1.bytesIn }, rows.count)
    }
    let (processes, hosts) = (try sum("process"), try sum("host"))
    #expect(processes.rows == 1 && hosts.rows > 1)
    #expect(processes.flows == hosts.flows && processes.bytes == hosts.bytes)
  }

  @Test func `a file is read from standard input, and compressed`() throws {
    let wanted = try culprit("flows", "-r", busy, "--json").output
    let folder = try Folder()
    let packed = folder.file("packed.gz")
    let gzip = try Child(["sh", "-c", "gzip -c \"$0\" > \"$1\"", busy, packed])
    #expect(gzip.wait() == .exited(0))
    #expect(try culprit("flows", "-r", packed, "--json").output == wanted)
    let piped = try Child(["sh", "-c", "\"$0\" flows -r - --json < \"$1\"", Lab.program("culprit"), busy])
    #expect(piped.wait() == .exited(0))
    #expect(piped.output == wanted)
  }

  @Test(arguments: ["flows", "packets"])
  func `of a file that is cut or damaged everything before is shown, with one line and exit 3`(command: String) throws {
    let folder = try Folder()
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: busy)))
    let whole = try culprit(command, "-r", busy).output
    let cut = folder.file("cut.pcap")
    try Data(bytes.prefix(bytes.count / 2 + 3)).write(to: URL(fileURLWithPath: cut))
    var run = try culprit(command, "-r", cut)
    #expect(run.end == .exited(3))
    #expect(
      run.errors.count == 1 && run.errors[0].hasPrefix("culprit: ") && run.errors[0].contains(cut), "\(run.errors)")
    #expect(run.output.count > whole.count / 3 && run.output.count < whole.count)

    // A length that cannot be, in the hundredth of the headers.
    var damaged = bytes
    var offset = 24
    for _ in 0..<100 { offset += 16 + Int(bytes[offset + 8]) + Int(bytes[offset + 9]) << 8 }
    for index in 8..<12 { damaged[offset + index] = 0xff }
    let path = folder.file("damaged.pcap")
    try Data(damaged).write(to: URL(fileURLWithPath: path))
    run = try culprit(command, "-r", path)
    #expect(run.end == .exited(3))
    #expect(run.errors.count == 1 && run.errors[0].contains("damaged.pcap"), "\(run.errors)")
    if command == "packets" { #expect(run.output == Array(whole.prefix(100))) }
  }

  @Test(arguments: [
    ["-r", "/nonexistent"], ["-r", "/etc/passwd"], ["-r", "x", "--interface", "lo"], ["-r", "x", "--by", "moon"],
  ])
  func `what cannot be read is one line and exit 2`(arguments: [String]) throws {
    let child = try Child([Lab.program("culprit"), "flows"] + arguments)
    #expect(child.wait() == .exited(2))
    #expect(
      child.errors.count == 1 && child.errors[0].hasPrefix("culprit: ") && child.output.isEmpty, "\(child.errors)")
  }
}
