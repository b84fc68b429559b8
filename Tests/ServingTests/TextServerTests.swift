import Serving
import Support
import Synchronization
import Testing

/// One text over HTTP, as curl asks for it.
@Suite(.enabled(if: Lab.has("curl"), "needs curl")) struct TextServerTests {
  /// What curl got: the body's lines, and the status behind it.
  private func curl(_ arguments: String...) throws -> [String] {
    let child = try Child(["curl", "-s", "--noproxy", "*", "-w", "\n%{http_code} %{num_connects}\n"] + arguments)
    #expect(child.wait(within: 60) == .exited(0))
    return child.output.filter { !$0.isEmpty }
  }

  private func server(_ text: @escaping @Sendable () -> String) throws -> TextServer {
    try TextServer(host: "127.0.0.1", port: 0, path: "/metrics", type: "text/plain; version=0.0.4", text: text)
  }

  @Test func `who asks gets the text as it is then, over one connection as often as he likes`() throws {
    let asked = Mutex(0)
    let server = try server {
      asked.withLock {
        $0 += 1
        return "asked \($0)\n"
      }
    }
    defer { server.end() }
    let url = "http://\(server.address)/metrics"
    #expect(try curl(url, "\(url)?name[]=x") == ["asked 1", "200 1", "asked 2", "200 0"])
    let head = try curl("-I", url)
    #expect(head.contains("HTTP/1.1 200 OK\r") && head.contains("Content-Length: 8\r"), "\(head)")
    #expect(head.contains("Content-Type: text/plain; version=0.0.4\r"))
    #expect(try curl("-0", url) == ["asked 4", "200 1"])
  }

  @Test func `there is nothing else, and nothing can be sent`() throws {
    let server = try server { "text\n" }
    defer { server.end() }
    #expect(try curl("http://\(server.address)/") == ["404 Not Found", "404 1"])
    #expect(try curl("-d", "x=1", "http://\(server.address)/metrics") == ["405 Method Not Allowed", "405 1"])
  }

  @Test(arguments: ["0.0.0.0", "192.0.2.1", "::", "localhost", "127.0.0.1.example"])
  func `it listens on loopback alone`(host: String) {
    #expect(throws: TextServer.Problem.self) { try TextServer(host: host, port: 0, path: "/", type: "") { "" } }
  }

  @Test func `connections that ask for nothing, or for half of something, keep nobody out`() throws {
    let server = try server { "text\n" }
    let url = "http://\(server.address)/metrics"
    let idle = try Child([
      "python3", "-ISc",
      """
      import socket, sys, time
      host, port = sys.argv[1].split(":")
      held = [socket.create_connection((host, int(port))) for _ in range(100)]
      for one in held[1::2]: one.send(b"GET /metrics HT")
      print("held", flush=True)
      # The last end when the server does.
      def ended(one):
        try: return one.recv(1) == b""
        except ConnectionError: return True
      print(sum(ended(one) for one in held), flush=True)
      """, server.address,
    ])
    #expect(try idle.line { _ in true } == "held")
    #expect(try curl(url) == ["text", "200 1"])
    #expect(try curl(url, url) == ["text", "200 1", "text", "200 0"])
    server.end()
    #expect(idle.wait(within: 60) == .exited(0))
    #expect(idle.output.last == "100")
  }

  @Test func `a port that is taken is told`() throws {
    let server = try server { "" }
    defer { server.end() }
    let port = try #require(server.address.split(separator: ":").last.flatMap { Int($0) })
    #expect(throws: TextServer.Problem.self) {
      try TextServer(host: "127.0.0.1", port: port, path: "/", type: "") { "" }
    }
  }
}
