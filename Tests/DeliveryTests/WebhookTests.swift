import Crypto
import Delivery
import Foundation
import Support
import Testing

/// Findings that are posted to a web server, which nobody here wrote (Python's).
struct WebhookTests {
  private struct Request: Decodable {
    var path: String
    var headers: [String: String]
    var body: String
    var status: Int
  }

  /// The server, and its address.
  private func server(_ statuses: Int..., tls: String? = nil) throws -> (Child, String) {
    let words = tls.map { ["--tls", $0] } ?? []
    let server = try Child(["python3", Lab.repository + "/Tests/Lab/hook.py"] + words + statuses.map { "\($0)" })
    let port = try server.line { $0.hasPrefix("listens on ") }.dropFirst("listens on ".count)
    return (server, "\(tls == nil ? "http" : "https")://127.0.0.1:\(port)")
  }

  /// What the server was sent so far, once there are so many.
  private func requests(_ count: Int, of server: Child) throws -> [Request] {
    var seen = 0
    try server.line { line in
      if line.hasPrefix("{") { seen += 1 }
      return seen >= count
    }
    return try server.output.filter { $0.hasPrefix("{") }.map {
      try JSONDecoder().decode(Request.self, from: Data($0.utf8))
    }
  }

  private func outlet(_ url: String, spool: String? = nil, _ change: (inout Webhook) -> Void = { _ in }) throws
    -> Outlet
  {
    var hook = try #require(Webhook(url))
    change(&hook)
    return try Outlet(to: .web(hook), spool: spool) { _ in }
  }

  @Test func `each message is a request, signed and with the headers that are asked for`() throws {
    let (server, address) = try server(200)
    let outlet = try outlet(address + "/hook?x=1") {
      $0.secret = Array("key".utf8)
      $0.headers = [Webhook.Header("Authorization: Bearer abc")].compactMap(\.self)
    }
    outlet.put(Array(#"{"a":1}"#.utf8))
    outlet.put(Array(#"{"a":2}"#.utf8))
    let all = try requests(2, of: server)
    #expect(outlet.finish(within: 60).delivered == 2)
    #expect(all.map(\.body) == [#"{"a":1}"#, #"{"a":2}"#] && all[0].path == "/hook?x=1")
    #expect(all[0].headers["content-type"] == "application/json" && all[0].headers["authorization"] == "Bearer abc")
    #expect(Set(all.compactMap { $0.headers["idempotency-key"] }).count == 2)
    for request in all {
      let time = try #require(request.headers["x-culprit-timestamp"])
      let code = HMAC<SHA256>.authenticationCode(
        for: Data((time + "." + request.body).utf8), using: SymmetricKey(data: Data("key".utf8)))
      #expect(request.headers["x-culprit-signature"] == "v1=" + code.map { String(format: "%02x", $0) }.joined())
    }
  }

  @Test func `what a server does not take now it is sent again, what it calls bad is counted`() throws {
    let (server, address) = try server(503, 0, 429, 302, 200, 400, 200)
    let outlet = try outlet(address)
    for text in ["one", "two", "three"] { outlet.put(Array(text.utf8)) }
    let all = try requests(7, of: server)
    let counts = outlet.finish(within: 60)
    #expect(all.map(\.body) == ["one", "one", "one", "one", "one", "two", "three"])
    #expect(Set(all.prefix(5).map { $0.headers["idempotency-key"] }).count == 1)
    #expect(counts.delivered == 2 && counts.lost == 1)
    #expect(counts.reason == "the server answers 400 Bad Request", "\(counts.reason ?? "")")
  }

  @Test func `what waits at the end is on disk, in its order, and the next run sends it first`() throws {
    let folder = try Folder()
    let spool = folder.file("spool")
    let (down, address) = try server(503)
    do {
      let outlet = try outlet(address, spool: spool)
      for number in 0..<200 { outlet.put(Array("message \(number)".utf8)) }
      _ = try requests(1, of: down)
      let counts = outlet.finish(within: 60)
      #expect(counts.kept == 200 && counts.lost == 0 && counts.delivered == 0)
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: spool).filter { $0.hasSuffix(".spool") }
    let file = spool + "/" + (try #require(files.first))
    #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
    // A crash within a line.
    let handle = try #require(FileHandle(forWritingAtPath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("message tor".utf8))
    try handle.close()
    _ = down.stop()

    // The same address, with another server behind it: the port is free again.
    let port = try #require(address.split(separator: ":").last)
    let up = try Child(["python3", "-c", Self.collecting, String(port)])
    try up.line { $0 == "ready" }
    let outlet = try outlet(address, spool: spool)
    #expect(outlet.load.messages == 200)
    outlet.put(Array("message 200".utf8))
    try up.line { $0 == "message 200" }
    let counts = outlet.finish(within: 60)
    #expect(counts.delivered == 201 && counts.kept == 0 && counts.lost == 0)
    #expect(up.output.dropFirst() == (0...200).map { "message \($0)" }[...])
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)).isEmpty)
  }

  private static let collecting = """
    import http.server, sys
    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            print(self.rfile.read(int(self.headers["Content-Length"])).decode(), flush=True)
            self.send_response(204)
            self.end_headers()
        def log_message(self, *_): pass
    server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook)
    print("ready", flush=True)
    server.serve_forever()
    """

  @Test func `how far another file was read is not how far this one was`() throws {
    let folder = try Folder()
    let spool = folder.file("spool")
    do {
      let outlet = try outlet("http://127.0.0.1:9/", spool: spool)
      for number in 0..<3 { outlet.put(Array("message \(number)".utf8)) }
      #expect(outlet.finish(within: 60).kept == 3)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: spool)
    let note = spool + "/" + (try #require(names.first { $0.hasSuffix(".spool") })) + ".read"
    // The program was killed between the emptying of a longer file and the note of it.
    try "100000\n".write(toFile: note, atomically: true, encoding: .utf8)
    let outlet = try outlet("http://127.0.0.1:9/", spool: spool)
    #expect(outlet.load.messages == 3)
    #expect(try String(contentsOfFile: note, encoding: .utf8) == "0\n")
    #expect(outlet.finish(within: 60).kept == 3)
  }

  @Test func `a spool is of one program at a time`() throws {
    let folder = try Folder()
    let first = try outlet("http://127.0.0.1:9/", spool: folder.file("spool"))
    #expect(throws: (any Error).self) { try outlet("http://127.0.0.1:9/", spool: folder.file("spool")) }
    _ = try outlet("http://127.0.0.1:9/other", spool: folder.file("spool"))
    _ = first.finish(within: 60)
  }

  @Test func `a certificate that nobody vouches for is no server of ours`() throws {
    let folder = try Folder()
    let made = try Child([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "1", "-keyout",
      folder.file("pem"), "-out", folder.file("certificate"),
    ])
    #expect(made.wait() == .exited(0))
    let both = try folder.text("pem") + folder.text("certificate")
    try both.write(toFile: folder.file("pem"), atomically: true, encoding: .utf8)
    let (server, address) = try server(200, tls: folder.file("pem"))
    let outlet = try outlet(address)
    outlet.put(Array("secret".utf8))
    let counts = outlet.finish(within: 60)
    #expect(counts.delivered == 0 && counts.lost == 1)
    #expect(
      counts.reason?.hasPrefix("its certificate is from nobody that this machine knows") == true,
      "\(counts.reason ?? "")")
    #expect(server.output.count == 1)
  }

  @Test(arguments: ["https://", "https:///x", "ftp://a/b", "https://user@host/x", "https://h/a b", "https://h/\u{e9}"])
  func `what is no webhook is refused`(text: String) {
    #expect(Webhook(text) == nil)
  }

  @Test func `a webhook's path is not shown`() throws {
    #expect("\(try Destination("https://hooks.example.org/services/T0/SECRET"))" == "https://hooks.example.org/…")
    #expect("\(try Destination("https://hooks.example.org"))" == "https://hooks.example.org")
  }

  @Test func `watch posts what it finds, in Slack's form too, and keeps what nobody takes`() throws {
    let folder = try Folder()
    let (server, address) = try server(200)
    try (address + "/slack\n").write(toFile: folder.file("url"), atomically: true, encoding: .utf8)
    try "key\n".write(toFile: folder.file("key"), atomically: true, encoding: .utf8)
    let words = [Lab.program("culprit"), "watch", "-r", Lab.repository + "/captures/srg.pcapng"]
    let own = try Child(words)
    #expect(own.wait(within: 60) == .exited(1))
    let run = try Child(
      words + [
        "-o", address + "/own", "-o", "slack=webhook:" + folder.file("url"), "--webhook-secret", folder.file("key"),
      ])
    #expect(run.wait(within: 60) == .exited(1) && run.errors == [], "\(run.errors)")
    let found = own.output.count
    #expect(found > 0 && own.errors == [], "\(own.output) \(own.errors)")
    let all = try requests(2 * own.output.count, of: server)
    #expect(all.filter { $0.path == "/own" }.map(\.body) == own.output)
    let slack = all.filter { $0.path == "/slack" }
    #expect(slack.count == own.output.count && slack.allSatisfy { $0.headers["x-culprit-signature"] != nil })
    for request in slack {
      let message = try #require(try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
      #expect((message["text"] as? String)?.isEmpty == false && (message["blocks"] as? [Any])?.count == 3)
    }
    _ = server.stop()
    let kept = try Child(words + ["-o", address, "--spool", folder.file("spool")])
    #expect(kept.wait(within: 60) == .exited(1))
    #expect(
      kept.errors.contains {
        $0.hasPrefix("culprit: \(own.output.count) findings wait for \(address) until the next run")
      },
      "\(kept.errors)")
  }
}
