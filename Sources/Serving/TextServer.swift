import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Serves one text over HTTP/1.1 on a loopback address: whoever asks for its path gets what it is then.
package final class TextServer: Sendable {
  /// Why it cannot.
  package struct Problem: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// Where it listens: `127.0.0.1:9466`, `[::1]:9466`; the port is one of the system's choice where 0 was asked for.
  package let address: String
  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel

  /// Begins to serve, in a thread of its own.
  /// - Parameters:
  ///   - host: an address of this machine's own, such as 127.0.0.1 or ::1.
  ///   - type: the text's media type.
  ///   - text: makes it; called in that thread.
  package init(
    host: String, port: Int, path: String, type: String, text: @escaping @Sendable () -> String
  ) throws(Problem) {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let open = Connections()
    do {
      let place = try SocketAddress(ipAddress: host, port: port)
      guard place.isLoopback else { throw Problem(description: "\(host) is no loopback address") }
      channel = try ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 16)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            guard open.admit(channel) else { throw Problem(description: "too many connections") }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(30)))
            try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
            try pipeline.addHandler(TextHandler(path: path, type: type, text: text))
          }
        }
        .bind(to: place).wait()
    } catch {
      try? group.syncShutdownGracefully()
      throw (error as? Problem) ?? Problem(description: "\(error)")
    }
    self.group = group
    let port = channel.localAddress?.port ?? port
    address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Ends it, and every connection.
  package func end() {
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
  }
}

/// How many connections there are: some scrapers, and no more.
private final class Connections: Sendable {
  private let count = Atomic<Int>(0)
  private static let most = 32

  func admit(_ channel: any Channel) -> Bool {
    guard count.wrappingAdd(1, ordering: .relaxed).newValue <= Self.most else {
      count.wrappingSubtract(1, ordering: .relaxed)
      return false
    }
    channel.closeFuture.whenComplete { _ in self.count.wrappingSubtract(1, ordering: .relaxed) }
    return true
  }
}

/// Answers one connection's requests, one after the other.
private final class TextHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let path: String
  private let type: String
  private let text: @Sendable () -> String
  private var request: HTTPRequestHead?

  init(path: String, type: String, text: @escaping @Sendable () -> String) {
    self.path = path
    self.type = type
    self.text = text
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): request = head
    // What somebody sends is not looked at.
    case .body: break
    case .end:
      if let request { answer(request, context) }
      request = nil
    }
  }

  private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let isKnown = request.uri.prefix { $0 != "?" } == path
    let status: HTTPResponseStatus =
      switch (isKnown, request.method) {
      case (false, _): .notFound
      case (true, .GET), (true, .HEAD): .ok
      case (true, _): .methodNotAllowed
      }
    let body = status == .ok ? text() : "\(status.code) \(status.reasonPhrase)\n"
    var headers = HTTPHeaders([
      ("Content-Type", status == .ok ? type : "text/plain; charset=utf-8"), ("Content-Length", "\(body.utf8.count)"),
    ])
    if status == .methodNotAllowed { headers.add(name: "Allow", value: "GET, HEAD") }
    if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
    context.write(
      wrapOutboundOut(.head(.init(version: request.version, status: status, headers: headers))), promise: nil)
    if request.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(string: body)))), promise: nil)
    }
    let done = context.eventLoop.makePromise(of: Void.self)
    if !request.isKeepAlive {
      let channel = context.channel
      done.futureResult.whenComplete { _ in channel.close(promise: nil) }
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: done)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // Nothing came and nothing went for a while.
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension SocketAddress {
  /// 127.0.0.0/8 (RFC 6890) and ::1.
  fileprivate var isLoopback: Bool {
    guard let text = ipAddress else { return false }
    return text.hasPrefix("127.") || text == "::1"
  }
}
