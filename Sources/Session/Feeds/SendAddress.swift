import Bytes
import Events

// A socket that is not connected is told with every send whom it goes to. The address stands in the caller's memory: it is read
// when the call is entered, and belongs to what the same thread sends next.

extension Feed {
  /// sendto(2) and sendmsg(2) with an address of IPv4 (16 bytes) or IPv6 (28 bytes).
  mutating func addSendAddresses() {
    let name = "*(uint64_t *)copyin(arg1, 8)"
    for size in [16, 28] {
      add(
        .sendAddress, "syscall::sendto:entry", when: "watched[pid] && arg4 != 0 && arg5 == \(size)",
        does: Self.actor + "tracemem(copyin(arg4, \(size)), \(size));")
      add(
        .sendAddress, "syscall::sendmsg:entry",
        when: "watched[pid] && \(name) != 0 && *(uint32_t *)copyin(arg1 + 8, 4) == \(size)",
        does: Self.actor + "tracemem(copyin(\(name), \(size)), \(size));")
    }
  }
}

/// The addresses of sends that are under way, by thread.
struct SendAddresses {
  private var pending: [UInt32: Endpoint] = [:]
  private static let most = 1 << 14

  mutating func note(_ address: [UInt8], by thread: UInt32) {
    if pending.count >= Self.most { pending.removeAll() }
    pending[thread] = Endpoint(socketAddress: address)
  }

  /// Gives a send the address that it was made with.
  mutating func complete(_ event: inout SocketEvent, by thread: UInt32) {
    guard event.action == .send, let address = pending.removeValue(forKey: thread) else { return }
    if event.family == 2 || event.family == 10 { event.destination = address }
  }
}

extension Endpoint {
  /// A `struct sockaddr_in` or `sockaddr_in6`; nil for any other.
  fileprivate init?(socketAddress bytes: [UInt8]) {
    let span = RawSpan(_elements: bytes.span)
    guard bytes.count >= 16 else { return nil }
    let port = span.bigEndian(UInt16.self, at: 2)
    switch span.littleEndian(UInt16.self, at: 0) {
    case 2: self.init(Address(v4: span.bigEndian(UInt32.self, at: 4)), port)
    case 10 where bytes.count >= 28:
      self.init(Address(v6High: span.bigEndian(UInt64.self, at: 8), low: span.bigEndian(UInt64.self, at: 16)), port)
    default: return nil
    }
  }
}
