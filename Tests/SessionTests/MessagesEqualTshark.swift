import CaptureFiles
import Foundation
import Session
import Testing

/// What D's probes of application messages say of captures, against tshark's names and fields.
@Suite(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"))
struct MessagesEqualTshark {
  @Test(arguments: ["dns", "http", "tls"])
  func `names counted by D are tshark's`(protocol name: String) throws {
    let member = ["dns": "dns_name", "http": "http_host", "tls": "tls_server_name"][name] ?? ""
    var compared = 0
    for entry in SharedCaptures.entries where !["snoop", "pcap-mod-LE"].contains(entry.format) {
      // In these tshark reads on in what ICMP errors quote.
      if entry.name == "dpkt-nb6-http.pcap" { continue }
      let truth = try Self.rows(entry.url, of: name)
      let probes = ["dns": "dns:::query, dns:::response", "http": "http:::request"][name] ?? "tls:::client-hello"
      // tshark's DTLS and HTTP/2 have fields of their own.
      let own = ["tls": #" && args[9]->tls_carrier != "dtls""#, "http": #" && args[9]->http_version != "HTTP/2""#]
      let answer = try answer(
        "\(probes) /args[9]->\(member) != \"\"\(own[name] ?? "")/ { @n[args[9]->\(member)] = count(); }",
        over: entry.url.path,
        rows: ["n"])
      var found: [String: Int] = [:]
      for row in answer.rows["n"] ?? [] {
        if case .text(let text) = row.key.first { found[text] = Int(row.number) }
      }
      #expect(found == truth, "\(entry.name)")
      compared += truth.count
    }
    #expect(compared > (name == "tls" ? 5 : 15))
  }

  @Test func `every kind of message fires its own probe`() throws {
    func fired(_ probe: String, _ member: String, in name: String) throws -> Set<String> {
      let path = SharedCaptures.folder.appendingPathComponent(name).path
      let answer = try answer("\(probe) { @n[args[9]->\(member)] = count(); }", over: path, rows: ["n"])
      return Set(
        (answer.rows["n"] ?? []).map { row in
          if case .text(let text) = row.key.first { text } else { "?" }
        })
    }
    #expect(try fired("smtp:::command", "smtp_verb", in: "arkime-socks5-smtp-503.pcap").contains("EHLO"))
    #expect(try !fired("socks:::request", "socks_host", in: "arkime-socks5-smtp-503.pcap").isEmpty)
    #expect(
      try fired("ftp:::command", "ftp_verb", in: "zeek-ftp-with-numbers-in-filename.pcap").isSuperset(
        of: ["CWD", "PASV", "RETR"]))
    #expect(try fired("tls:::client-hello", "tls_server_name", in: "zeek-handshake.pcap") == ["server4:443"])
    #expect(try !fired("quic:::initial", "quic_dcid", in: "zeek-handshake.pcap").isEmpty)
  }

  static func rows(_ url: URL, of name: String) throws -> [String: Int] {
    let text = try String(contentsOfFile: url.path + ".names.tsv", encoding: .utf8)
    var rows: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      let columns = line.split(separator: "\t")
      if columns[0] == name { rows[columns[1] == "<Root>" ? "." : String(columns[1])] = Int(columns[2]) }
    }
    return rows
  }

  @Test func `a request, its response, and the addresses that a name has, with the packet's arguments`() throws {
    let path = SharedCaptures.folder.appendingPathComponent("dpkt-nb6-http.pcap").path
    let answer = try answer(
      #"""
      dns::udp:query /args[9]->dns_name == "ipv6.icanhazip.com"/
      { printf("%s %s %d\n", args[2]->ip_daddr, args[9]->dns_type, args[9]->dns_id); }
      dns:::answer /args[9]->dns_type == "AAAA"/ { @[args[9]->dns_address, args[9]->dns_ttl] = count(); }
      http:::request /args[9]->http_host == "ipv4.icanhazip.com"/
      { printf("%s %s to %d\n", args[9]->http_method, args[9]->http_target, args[4]->tcp_dport); }
      http::tcp:response
      { printf("%d %s %d\n", args[9]->http_status, args[9]->http_content_type, args[9]->http_length); }
      """#, over: path)
    #expect(
      answer.lines.filter { !$0.isEmpty }.map { $0.split(separator: " ").joined(separator: " ") } == [
        "200 497", "GET / to 80", "200 text/plain; charset=UTF-8 14", "109.0.66.20 A 12645", "109.0.66.20 AAAA 62539",
        "200 text/plain; charset=UTF-8 38",
        "2606:f200:0:7:bad:f00d:d00d:1 300 1",
        "2606:f200:0:7:bad:f00d:d00d:2 300 1",
      ])
  }
}
