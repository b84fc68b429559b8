import Files
import Glibc

/// How messages stand in what a socket carries.
package enum Framing: Sendable, Hashable {
  /// A stream, a message a line.
  case lines
  /// A stream, before each message its length: RFC 6587 section 3.4.1, octet counting.
  case counted
  /// A datagram each.
  case datagrams
  /// As `datagrams`, or as `lines` where a stream is listened on, as some programs do on `/dev/log`.
  case datagramsOrLines
}

/// A socket that somebody else listens on; when the connection is lost the next message makes a new one.
struct SocketPlace: Place {
  private let address: SocketAddress
  private let framing: Framing
  private var socket: (open: Socket, isStream: Bool)?
  private(set) var breaks: UInt64 = 0

  init(_ address: SocketAddress, _ framing: Framing) {
    self.address = address
    self.framing = framing
  }

  mutating func open() throws(Undelivered) {
    // Nothing is to be read anew: the connection stays as long as it holds.
    if socket == nil { _ = try connected() }
  }

  mutating func take(_ message: [UInt8]) throws(Undelivered) -> UInt64 {
    // What is written into a connection that the other side has ended is never read, and the first write would not fail.
    if let (open, isStream) = socket, isStream, open.isEnded {
      socket = nil
      breaks &+= 1
    }
    let (open, isStream) = try connected()
    return isStream ? try send(message, through: open) : try send(datagram: message, through: open)
  }

  private mutating func connected() throws(Undelivered) -> (open: Socket, isStream: Bool) {
    if let socket { return socket }
    let connection = try connection()
    socket = connection
    return connection
  }

  private func connection() throws(Undelivered) -> (open: Socket, isStream: Bool) {
    do throws(FileError) {
      switch framing {
      case .lines, .counted: return (try Socket(to: address, isStream: true), true)
      case .datagrams: return (try Socket(to: address, isStream: false), false)
      case .datagramsOrLines:
        do throws(FileError) {
          return (try Socket(to: address, isStream: false), false)
        } catch {
          // The path leads to a socket of another type.
          guard error.code == EPROTOTYPE else { throw error }
          return (try Socket(to: address, isStream: true), true)
        }
      }
    } catch { throw .later("\(error)") }
  }

  private mutating func send(_ message: [UInt8], through open: Socket) throws(Undelivered) -> UInt64 {
    let bytes = framing == .counted ? Array("\(message.count) ".utf8) + message : message + [newline]
    do throws(FileError) {
      var sent = 0
      while sent < bytes.count { sent += try open.send(bytes, from: sent) }
      return 0
    } catch {
      // In a new connection the message begins anew.
      socket = nil
      breaks &+= 1
      throw .later("\(error)")
    }
  }

  private mutating func send(datagram message: [UInt8], through open: Socket) throws(Undelivered) -> UInt64 {
    do throws(FileError) {
      _ = try open.send(message)
      return 0
    } catch {
      switch (error.code, address) {
      case (EMSGSIZE, _): throw .refused("\(error)")
      case (ECONNREFUSED, .internet):
        // An answer to one before (udp(7)); this one has not been sent.
        do throws(FileError) { _ = try open.send(message) } catch { throw .later("\(error)") }
        return 1
      default:
        // Whoever listened may have begun anew, with another socket of the same name.
        socket = nil
        throw .later("\(error)")
      }
    }
  }
}
