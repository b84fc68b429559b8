import Foundation
import Glibc

/// A socket on which a test listens, on loopback or at a path; closed with its holder.
final class Listener {
  let raw: CInt
  /// Of an internet socket.
  private(set) var port: UInt16 = 0

  /// At a path. Nothing is listened to before it is made: a stream that somebody connects to waits to be accepted.
  init?(path: String, isStream: Bool) {
    raw = Self.patient(AF_UNIX, isStream)
    var address = sockaddr_un()
    address.sun_family = UInt16(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, !isStream || listen(raw, 8) == 0 else { return nil }
  }

  /// On a port of 127.0.0.1, of the system's choice when it is 0.
  init?(port: UInt16, isStream: Bool) {
    raw = Self.patient(AF_INET, isStream)
    var yes: CInt = 1
    _ = unsafe setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    var address = sockaddr_in()
    address.sin_family = UInt16(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var count = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(raw, $0, count) == 0 && getsockname(raw, $0, &count) == 0
      }
    }
    guard isBound, !isStream || listen(raw, 8) == 0 else { return nil }
    self.port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(raw) }

  /// A socket that ends every wait after a minute, so that a test which waits in vain fails.
  private static func patient(_ family: CInt, _ isStream: Bool) -> CInt {
    let raw = socket(family, Int32(bitPattern: isStream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue), 0)
    var minute = timeval(tv_sec: 60, tv_usec: 0)
    _ = unsafe setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &minute, socklen_t(MemoryLayout<timeval>.size))
    return raw
  }

  /// The next connection; waits for it.
  func accept() -> Connection { Connection(raw: Glibc.accept(raw, nil, nil)) }

  /// The next datagram; waits for it.
  func receive() -> String { String(decoding: Connection.read(raw), as: UTF8.self) }
}

/// A stream that a test reads.
final class Connection {
  private var raw: CInt
  private var rest: [UInt8] = []
  init(raw: CInt) { self.raw = raw }
  deinit { end() }

  /// Closes it, whatever has come and was not read.
  func end() {
    if raw >= 0 { close(raw) }
    raw = -1
  }

  /// The next line without its newline; waits for it. Nil at the end.
  func line() -> String? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) { return take(end, skipping: 1) }
      guard more() else { return nil }
    }
  }

  /// The next message of RFC 6587's octet counting.
  func counted() -> String? {
    while true {
      if let blank = rest.firstIndex(of: UInt8(ascii: " ")),
        let count = Int(String(decoding: rest[..<blank], as: UTF8.self)), rest.count > blank + count
      {
        rest.removeFirst(blank + 1)
        return take(count, skipping: 0)
      }
      guard more() else { return nil }
    }
  }

  /// Reads so many bytes, whatever they are, and answers how many there were before the end.
  func skip(_ count: Int) -> Int {
    var read = 0
    while read < count, more() {
      read += rest.count
      rest = []
    }
    return read
  }

  private func take(_ count: Int, skipping skipped: Int) -> String {
    defer { rest.removeFirst(count + skipped) }
    return String(decoding: rest[..<count], as: UTF8.self)
  }

  private func more() -> Bool {
    let bytes = Self.read(raw)
    rest += bytes
    return !bytes.isEmpty
  }

  fileprivate static func read(_ raw: CInt) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 17)
    let count = unsafe recv(raw, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
  }
}

/// A directory that is removed with its holder.
final class Folder {
  let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
  func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}
