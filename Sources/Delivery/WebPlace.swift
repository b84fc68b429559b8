import AsyncHTTPClient
import Crypto
import Events
import NIOCore
import NIOHTTP1
import Synchronization
import Time

/// A web server that messages are POSTed to, one a request (a "webhook").
///
/// A server that cannot be reached, or that answers something other than success, is asked again, but for the answers that say that this message is
/// bad: 400, 413, 415 and 422 (RFC 9110, section 15.5).
struct WebPlace: Place {
  private let hook: Webhook
  private let client: Client
  let breaks: UInt64 = 0

  init(_ hook: Webhook) {
    self.hook = hook
    // Another place's answer is not this one's: redirections are told, not followed.
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
    client = Client(configuration)
  }

  /// Connections are made when there is something to send.
  mutating func open() throws(Undelivered) {}

  mutating func take(_ message: [UInt8]) throws(Undelivered) -> UInt64 {
    let status: HTTPResponseStatus
    do { status = try post(message) } catch { throw .later(Self.words(error)) }
    switch status.code {
    case 200..<300: return 0
    case 400, 413, 415, 422: throw .refused("the server answers \(status)")
    default: throw .later("the server answers \(status)")
    }
  }

  private func post(_ message: [UInt8]) throws -> HTTPResponseStatus {
    var headers = HTTPHeaders(hook.headers.map { ($0.name, $0.value) })
    headers.replaceOrAdd(name: "Content-Type", value: hook.contentType)
    headers.add(name: "User-Agent", value: "culprit")
    // Who sees a message again knows it by this: it is sent until its arrival is known.
    headers.add(name: "Idempotency-Key", value: hexadecimal(SHA256.hash(data: message)))
    if let secret = hook.secret {
      let time = "\(Clock.realtime.now / 1_000_000_000)"
      let signed = Array((time + ".").utf8) + message
      let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: secret))
      headers.add(name: "X-Culprit-Timestamp", value: time)
      headers.add(name: "X-Culprit-Signature", value: "v1=" + hexadecimal(code))
    }
    let request = try HTTPClient.Request(url: hook.url, method: .POST, headers: headers, body: .bytes(message))
    // What the server says besides is of no interest, and may be long.
    return try client.open.execute(request: request, delegate: StatusAlone()).wait()
  }

  private static func words(_ error: any Error) -> String {
    if let error = error as? HTTPClientError { return error.shortDescription }
    // BoringSSL's words stand between its file and the place in its source: `…:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …`.
    let text = "\(error)"
    guard let start = text.firstRange(of: "OPENSSL_internal:") else { return text }
    let reason = text[start.upperBound...].prefix { $0 == "_" || $0.isLetter || $0.isNumber }
    return reason == "CERTIFICATE_VERIFY_FAILED"
      ? "its certificate is from nobody that this machine knows, for another name, or out of date"
      : "TLS: " + reason.lowercased().replacing("_", with: " ")
  }
}

/// A client that ends its connections with its holder.
private final class Client: Sendable {
  let open: HTTPClient

  init(_ configuration: HTTPClient.Configuration) {
    open = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit { open.shutdown { _ in } }
}

/// Reads an answer to its end and keeps its status.
private final class StatusAlone: HTTPClientResponseDelegate {
  typealias Response = HTTPResponseStatus
  private let status = Mutex(HTTPResponseStatus.internalServerError)

  func didReceiveHead(task: HTTPClient.Task<Response>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    status.withLock { $0 = head.status }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<Response>) throws -> Response { status.withLock { $0 } }
}
