import Application
import Testing

/// HTTP/1 as programs write it that do so by hand.
struct OddRequestTests {
  private func hosts(_ pieces: String...) -> [String] {
    var stream = OneStream()
    return pieces.flatMap { stream.send(Array($0.utf8)) }.compactMap { said in
      guard case .httpRequest(let request) = said.message else { return nil }
      return "\(said.string(request.host)) \(said.string(request.target)) \(said.string(request.version))"
    }
  }

  @Test func `a request without a version is one when its host follows`() {
    #expect(hosts("GET /gen.php?a=1\r\nHost: 5.8.88.25\r\n\r\n") == ["5.8.88.25 /gen.php?a=1 "])
    #expect(hosts("GET /gen.php?a=1\r\n", "hOsT: x\r\n\r\n") == ["x /gen.php?a=1 "])
    #expect(hosts("GET / HTTP/1.\nHost: z\n\n", "GET / HTTP/1.1\nHost: z\n\n") == ["z / HTTP/1.", "z / HTTP/1.1"])
    #expect(hosts("GET /x HTTP/1.0\r\nHost: y\r\n\r\n") == ["y /x HTTP/1.0"])
  }

  @Test func `a load balancer's word about the client stands before the request`() {
    let request = "GET / HTTP/1.1\r\nHost: z\r\n\r\n"
    #expect(hosts("PROXY TCP4 192.0.2.1 198.51.100.5 40000 80\r\n" + request) == ["z / HTTP/1.1"])
    #expect(hosts("PROXY UNK", "NOWN\r", "\n", request, request) == ["z / HTTP/1.1", "z / HTTP/1.1"])
    let addresses = "\u{21}\u{11}\0\u{0c}" + String(repeating: "a", count: 12)
    #expect(hosts("\r\n\r\n\0\r\nQUIT\n" + addresses + request) == ["z / HTTP/1.1"])
    #expect(hosts("\r\n\r\n\0\r\nQUIT\n" + addresses.prefix(9), addresses.dropFirst(9) + request) == ["z / HTTP/1.1"])
  }

  @Test(arguments: [
    "GET up early\r\nHost: me\r\n\r\n", "GET /x\r\nDear diary,\r\n\r\n",
    "OPTIONS /x RTSP/1.0\r\nHost: me\r\n\r\n",
  ])
  func `what only begins so is none`(text: String) { #expect(hosts(text) == []) }
}
