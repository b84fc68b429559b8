import Application
import CaptureFiles
import Testing

@Suite(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"))
struct HTTP2Tests {
  @Test func `requests and responses of a page and its style sheet`() throws {
    let entry = try #require(SharedCaptures.entries.first { $0.name == "arkime-http2-nghttp2.pcap" })
    let lines = Said.all(in: try #require(try CaptureFile(entry.url))).compactMap { said -> String? in
      switch said.message {
      case .httpRequest(let request):
        [request.method, request.host, request.target, request.userAgent, request.version].map(said.string)
          .joined(separator: " ")
      case .httpResponse(let response):
        "\(response.status) \(said.string(response.server)) \(said.string(response.contentType)) \(response.contentLength ?? 0)"
      default: nil
      }
    }
    #expect(
      lines == [
        "GET nghttp2.org / nghttp2/1.41.0 HTTP/2", "GET nghttp2.org /stylesheets/screen.css nghttp2/1.41.0 HTTP/2",
        "200 nghttpx text/html 6616", "200 nghttpx text/css 39082",
      ])
  }
}
