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
            open.admit(channel)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(30)))
            try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
            try pipeline.addHandler(TextHandler(path: path, type: type, text: text, open))
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

/// What connections there are: some scrapers, and no more. Where there are enough, the one that has been without a whole request the longest ends
/// for a new one, so that nobody who only holds connections open keeps a scraper out.
private final class Connections: Sendable {
  private let open = Mutex<[any Channel]>([])
  private static let most = 32

  func admit(_ channel: any Channel) {
    let idlest = open.withLock { open -> (any Channel)? in
      open.append(channel)
      return open.count > Self.most ? open.removeFirst() : nil
    }
    idlest?.close(promise: nil)
    channel.closeFuture.whenComplete { _ in self.open.withLock { $0.removeAll { $0 === channel } } }
  }

  /// It has asked for something.
  func note(_ channel: any Channel) {
    open.withLock { open in
      guard let index = open.firstIndex(where: { $0 === channel }) else { return }
      open.append(open.remove(at: index))
    }
  }
}

/// Answers one connection's requests, one after the other.
private final class TextHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let path: String
  private let type: String
  private let text: @Sendable () -> String
  private let open: Connections
  private var request: HTTPRequestHead?

  init(path: String, type: String, text: @escaping @Sendable () -> String, _ open: Connections) {
    self.open = open
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
      open.note(context.channel)
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
