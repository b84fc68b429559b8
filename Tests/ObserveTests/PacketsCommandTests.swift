import CaptureFiles
import Foundation
import Support
import Testing

@Suite(
  .enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"),
  .enabled(if: Lab.has("tcpdump"), "needs tcpdump"))
struct PacketsCommandTests {
  /// tcpdump's line as far as headers go, without TCP's options: `TIME IP a.p > b.p: Flags [P.], seq 1:9, ack 1, win 64`.
  private func headers(_ line: String) -> Substring? {
    line.firstMatch(of: /^\S+ IP6? \S+ > \S+: Flags \[[^\]]*\].*?, win \d+/)?.output
  }

  /// A row of tcpdump's; those that continue it begin with white space.
  private func isRow(_ line: String) -> Bool { line.contains(#/^\d\d:\d\d:\d\d\.\d{6} /#) }

  @Test(arguments: SharedCaptures.entries)
  func `packets -r prints tcpdump's rows`(entry: SharedCaptures.Entry) throws {
    let ours = try culprit("packets", "-r", entry.url.path)
    if entry.format == "snoop" {
      #expect(ours.end == .exited(2))
      return
    }
    #expect(ours.end == .exited(0), "\(ours.errors)")
    #expect(ours.output.count == entry.packets)
    let tcpdump = try Child(["tcpdump", "-n", "-r", entry.url.path])
    // It refuses compressed files and those with several link types or snapshot lengths.
    guard tcpdump.wait(within: 60) == .exited(0) else { return }
    let theirs = tcpdump.output.filter(isRow)
    guard theirs.count == ours.output.count else {
      // Some rows of its are nothing but the hexadecimal dump of a link type it does not print.
      #expect(theirs.count < 2, "tcpdump prints \(theirs.count) rows, we \(ours.output.count)")
      return
    }
    for (their, our) in zip(theirs, ours.output) {
      #expect(their.prefix(15) == our.prefix(15), "the time differs")
      guard let wanted = headers(their) else { continue }
      #expect(headers(our) == wanted)
    }
  }

  @Test func `thousands of TCP rows are compared`() throws {
    var count = 0
    for entry in SharedCaptures.entries where entry.packets > 300 {
      let tcpdump = try Child(["tcpdump", "-n", "-r", entry.url.path])
      guard tcpdump.wait(within: 60) == .exited(0) else { continue }
      count += tcpdump.output.count { headers($0) != nil }
    }
    #expect(count > 3000)
  }

  @Test func `with --json each packet is an object with its number, ends, length and owner`() throws {
    let path = SharedCaptures.folder.path + "/dpkt-nb6-http.pcap"
    let run = try culprit("packets", "-r", path, "--json")
    let objects = try run.output.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(objects.compactMap { $0["number"] as? Int } == Array(1...objects.count))
    let names: Set<String> = [
      "number", "time", "length", "proto", "src", "sport", "dst", "dport", "direction", "owner",
    ]
    let fields: Set<String> = ["pid", "start", "exec", "uid", "role", "confidence", "reason"]
    for object in objects {
      #expect(Set(object.keys) == names)
      #expect((object["owner"] as? [String: Any]).map { Set($0.keys) } == fields)
    }
  }
}
