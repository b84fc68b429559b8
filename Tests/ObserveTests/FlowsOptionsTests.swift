import CaptureFiles
import Foundation
import Support
import Testing

/// What `culprit flows` can be asked beside the file.
@Suite(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"))
struct FlowsOptionsTests {
  private let web = SharedCaptures.folder.path + "/zeek-bro.org.pcap"
  private let mixed = SharedCaptures.folder.path + "/pcap-parser-wireshark_samples-test.pcapng"

  private func objects(_ arguments: String...) throws -> [[String: Any]] {
    let child = try Child([Lab.program("culprit"), "flows", "--json"] + arguments)
    #expect(child.wait(within: 60) == .exited(0), "\(child.errors)")
    return try child.output.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private func bytes(_ object: [String: Any]) -> Int {
    (object["bytes_out"] as? Int ?? 0) + (object["bytes_in"] as? Int ?? 0)
  }

  @Test(arguments: ["process", "host", "name", "container"])
  func `every grouping adds up to the same traffic`(by: String) throws {
    let flows = try objects("-r", mixed)
    let groups = try objects("-r", mixed, "--by", by)
    #expect(groups.reduce(0) { $0 + bytes($1) } == flows.reduce(0) { $0 + bytes($1) })
    #expect(groups.reduce(0) { $0 + ($1["flows"] as? Int ?? 0) } == flows.count)
    let sorted = groups.map(bytes)
    #expect(sorted == sorted.sorted(by: >))
  }

  @Test func `a group by name has the name that most of its flows say first`() throws {
    let groups = try objects("-r", web, "--by", "name", "--sort", "flows")
    let table = groups.map { "\($0["name"] ?? "") \($0["flows"] ?? 0)" }
    #expect(table == ["bro.org 7", "- 5", "www.bro.org 1"])
  }

  @Test func `with --outer a packet in a tunnel is its tunnel's, and counts the same`() throws {
    let tunnelled = SharedCaptures.folder.path + "/arkime-ipv6-gtp6.pcap"
    let (inner, outer) = (try objects("-r", tunnelled), try objects("-r", tunnelled, "--outer"))
    #expect(inner.map { $0["sport"] as? Int } == [53] && outer.map { $0["dport"] as? Int } == [2152])
    #expect(inner.map(bytes) == outer.map(bytes))
    #expect(outer.allSatisfy { ($0["names"] as? [Any])?.isEmpty == true })
    // Where nothing is in a tunnel the two are one.
    #expect(try objects("-r", web, "--outer").map(bytes) == objects("-r", web).map(bytes))
  }

  @Test func `a recording without containers is all the host's, but for what nobody owns`() throws {
    let captures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../captures/srg.pcapng"
    let groups = try objects("-r", captures, "--by", "container")
    #expect(Set(groups.compactMap { $0["container"] as? String }).isSubset(of: ["host", "kernel", "nobody"]))
    #expect(groups.first?["container"] as? String == "host")
  }

  @Test(arguments: [
    ("packets", ["packets_out", "packets_in"]), ("bytes-out", ["bytes_out"]), ("duration", ["duration"]),
    ("last", ["last"]), ("retransmissions", ["retransmissions_out", "retransmissions_in"]),
  ])
  func `flows stand in the order that was asked for, and the first of them can be had alone`(
    order: String, summands: [String]
  ) throws {
    func value(_ flow: [String: Any]) -> Double { summands.reduce(0) { $0 + (flow[$1] as? Double ?? 0) } }
    let values = try objects("-r", mixed, "--sort", order).map(value)
    #expect(values.count > 10 && values == values.sorted(by: >))
    #expect(try objects("-r", mixed, "--sort", order, "--top", "3").map(value) == Array(values.prefix(3)))
  }

  @Test func `lines that are left out are in the total, and the table says how many`() throws {
    let all = try culprit("flows", "-r", web).output
    let few = try culprit("flows", "-r", web, "--top", "2").output
    #expect(few.count == 5 && few.last == "and 11 more lines, which are in the total")
    let words = { (line: String) in line.split(separator: " ") }
    #expect(words(few[3]) == words(all[14]))
  }

  @Test(
    .enabled(if: Lab.has("tcpdump"), "needs tcpdump"),
    arguments: ["tcp port 55080", "udp", "greater 1000 and src net 10"])
  func `a filter lets through what tcpdump's lets through, before or behind`(filter: String) throws {
    let judge = try Child(["tcpdump", "-nn", "-r", web, filter])
    #expect(judge.wait(within: 60) == .exited(0))
    let wanted = judge.output.count
    let packets = { (objects: [[String: Any]]) in
      objects.reduce(0) { $0 + ($1["packets_out"] as? Int ?? 0) + ($1["packets_in"] as? Int ?? 0) }
    }
    #expect(packets(try objects("-r", web, "-f", filter)) == wanted)
    #expect(packets(try objects(["-r", web] + filter.split(separator: " ").map(String.init))) == wanted)
  }

  private func objects(_ arguments: [String]) throws -> [[String: Any]] {
    let child = try Child([Lab.program("culprit"), "flows", "--json"] + arguments)
    #expect(child.wait(within: 60) == .exited(0), "\(child.errors)")
    return try child.output.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func `a D expression chooses packets, as a filter does and by more`() throws {
    let byFilter = try culprit("flows", "-r", web, "--json", "tcp dst port 80")
    let byExpression = try culprit("flows", "-r", web, "--json", "--where", "args[4]->tcp_dport == 80")
    #expect(byFilter.output == byExpression.output && !byFilter.output.isEmpty)
    let recording = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../captures/srg.pcapng"
    let groups = try objects("-r", recording, "--by", "process", "--where", "execname == \"srg\"")
    #expect(groups.count == 1 && (groups[0]["owner"] as? [String: Any])?["exec"] as? String == "srg")
  }

  @Test func `CSV has what JSON has, under the same names`() throws {
    let lines = try culprit("flows", "-r", web, "--csv").output.map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let flows = try objects("-r", web)
    #expect(lines.count == flows.count + 1)
    for (number, flow) in flows.enumerated() {
      #expect(lines[number + 1].count == lines[0].count)
      for (name, field) in zip(lines[0], lines[number + 1]) where !name.hasPrefix("owner_") {
        let value = try #require(flow[String(name)])
        switch value {
        case is NSNull: #expect(field.isEmpty)
        case let list as [String]: #expect(field == list.joined(separator: " "))
        case let text as String: #expect(field == text)
        case let number as NSNumber: #expect(abs((Double(field) ?? .nan) - number.doubleValue) < 1e-6)
        default: Issue.record("\(name): \(value)")
        }
      }
    }
  }

  @Test func `a table that is full says what gave way, and nothing is missing from the sum`() throws {
    let all = try culprit("flows", "-r", web, "--json").output.count
    let run = try culprit("flows", "-r", web, "--limit", "4")
    #expect(run.end == .exited(3))
    #expect(run.errors.count == 1 && run.errors[0].contains("flows gave their places to later ones"))
    let remark = try #require(run.output.last?.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) })
    let total = run.output[run.output.count - 2].split(separator: " ").compactMap { Int($0) }
    let whole = try culprit("flows", "-r", web).output.last?.split(separator: " ").compactMap { Int($0) } ?? []
    #expect(all > 4 && remark.count == 3 && remark[0] >= all - 4)
    // Flows, then packets and bytes out and in.
    #expect(remark[1] + total[1] + total[3] == whole[1] + whole[3])
    #expect(remark[2] + total[2] + total[4] == whole[2] + whole[4])
  }

  @Test(arguments: [
    ["-r", "x", "--watch"], ["-r", "x", "--check"], ["-r", "x", "--json", "--csv"], ["--check", "tcp"],
    ["--check", "--where", "1"], ["--watch"], ["-r", "WEB", "--sort", "moon"], ["-r", "WEB", "--top", "0"],
    ["-r", "WEB", "--limit", "0"], ["-r", "WEB", "tcp port"], ["-r", "WEB", "-f", "tcp", "udp"],
    ["-r", "WEB", "--where", "1/ {} packet::: /1"],
  ])
  func `what cannot be meant is one line and exit 2`(arguments: [String]) throws {
    let child = try Child([Lab.program("culprit"), "flows"] + arguments.map { $0 == "WEB" ? web : $0 })
    #expect(child.wait(within: 60) == .exited(2))
    #expect(
      child.errors.count == 1 && child.errors[0].hasPrefix("culprit: ") && child.output.isEmpty, "\(child.errors)")
  }
}
