import Glibc

/// Where a socket of this machine can lead, by a number: names are never looked up.
package enum SocketAddress: Sendable, Hashable {
  /// A path, or behind an `@` a name of Linux' abstract namespace (unix(7)).
  case unix(String)
  /// Four bytes or sixteen, in network byte order.
  case internet([UInt8], port: UInt16)

  /// `127.0.0.1` or `::1`; nil for everything else, names among it.
  package init?(numeric text: String, port: UInt16) {
    var bytes = [UInt8](repeating: 0, count: 16)
    let (family, count) = text.contains(":") ? (AF_INET6, 16) : (AF_INET, 4)
    // Safe: the text is passed as a NUL-ended copy, and the call writes 4 or 16 bytes, which the array has.
    guard unsafe inet_pton(family, text, &bytes) == 1 else { return nil }
    self = .internet(Array(bytes.prefix(count)), port: port)
  }

  /// False of a path that no socket can have.
  package var isPossible: Bool { structure != nil }

  var family: Int32 {
    switch self {
    case .unix: AF_UNIX
    case .internet(let bytes, _): bytes.count == 4 ? AF_INET : AF_INET6
    }
  }

  /// `sockaddr_un`, `sockaddr_in` or `sockaddr_in6`, byte by byte; nil of a path that is too long for it.
  var structure: [UInt8]? {
    // The family is the one number that stands in the machine's own order, which is little-endian wherever eBPF programs of ours run.
    let head = [UInt8(truncatingIfNeeded: family), 0]
    switch self {
    case .unix(let path):
      let isAbstract = path.hasPrefix("@")
      let name = isAbstract ? [0] + path.utf8.dropFirst() : Array(path.utf8)
      guard name.count < 108, !name.isEmpty, isAbstract || !name.contains(0) else { return nil }
      return head + name + (isAbstract ? [] : [0])
    case .internet(let bytes, let port):
      let behind = [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
      let zero = { (count: Int) in [UInt8](repeating: 0, count: count) }
      return bytes.count == 4 ? head + behind + bytes + zero(8) : head + behind + zero(4) + bytes + zero(4)
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unix(let path): return path
    case .internet(let bytes, let port):
      var text = [CChar](repeating: 0, count: 46)
      // Safe: the bytes are as many as the family says, and the text has room for the longest address with its NUL (INET6_ADDRSTRLEN).
      _ = unsafe inet_ntop(family, bytes, &text, socklen_t(text.count))
      let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return bytes.count == 4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
  }
}

/// A connected socket; closed when nobody holds it any more.
package final class Socket: Sendable {
  private let raw: CInt
  package let address: SocketAddress

  /// Connects, which of a stream may take as long as the system tries.
  /// - Parameter isStream: bytes in order; else datagrams.
  package init(to address: SocketAddress, isStream: Bool) throws(FileError) {
    let place = "\(address)"
    guard let structure = address.structure else {
      throw FileError(call: "connect", path: place, code: ENAMETOOLONG)
    }
    let kind = Int32(bitPattern: isStream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
    let raw = socket(address.family, kind | Int32(bitPattern: SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else { throw FileError(call: "socket", path: place, code: errno) }
    if isStream, case .internet = address {
      // TCP_USER_TIMEOUT of tcp(7), in milliseconds: who acknowledges nothing for so long is gone.
      var patience: CInt = 30_000
      // Safe: the kernel reads as many bytes as it is told the number has.
      _ = unsafe setsockopt(raw, Int32(IPPROTO_TCP), 18, &patience, socklen_t(MemoryLayout<CInt>.size))
    }
    // Safe: the kernel reads no more than the structure's own bytes, which live for the call; an array's are aligned for any type.
    let result = unsafe structure.withUnsafeBytes { bytes in
      unsafe connect(raw, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
    guard result == 0 else {
      let code = errno
      _ = Glibc.close(raw)
      throw FileError(call: "connect", path: place, code: code)
    }
    self.raw = raw
    self.address = address
  }

  deinit { _ = Glibc.close(raw) }

  /// Sends from `index` on, and answers how many bytes the kernel took; of a datagram it takes all. Waits while the other side is slow.
  package func send(_ bytes: [UInt8], from index: Int = 0) throws(FileError) -> Int {
    precondition(index >= 0 && index <= bytes.count)
    while true {
      // Safe: index was just checked against the buffer, which is borrowed for the call.
      let sent = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(raw, buffer.baseAddress.map { unsafe $0 + index }, buffer.count - index, Int32(MSG_NOSIGNAL))
      }
      if sent >= 0 { return sent }
      let code = errno
      guard code == EINTR else { throw FileError(call: "send", path: "\(address)", code: code) }
    }
  }

  /// Whether the other side has ended the connection. What it says is read and forgotten.
  package var isEnded: Bool {
    var bytes = [UInt8](repeating: 0, count: 1024)
    while true {
      // Safe: the kernel writes no more than the buffer's own count.
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe recv(raw, buffer.baseAddress!, buffer.count, Int32(MSG_DONTWAIT))
      }
      if got > 0 { continue }
      if got == 0 { return true }
      if errno == EINTR { continue }
      return errno != EAGAIN
    }
  }
}
