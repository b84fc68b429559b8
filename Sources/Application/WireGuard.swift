import Bytes

/// A message of WireGuard ("WireGuard: Next Generation Kernel Network Tunnel", §5.4): a handshake's, or a session's first with data.
package struct WireGuardMessage: Sendable, BitwiseCopyable {
  /// 1 initiation, 2 response, 3 cookie reply, 4 data.
  package var type: UInt8
  /// The sender's index of the session; of a cookie reply and of data 0.
  package var sender: UInt32
  /// The receiver's index; of an initiation 0.
  package var receiver: UInt32
}

/// WireGuard, told by its shape: a type, three zeros, and exactly the length of the type. Of data only what has the counter 0 is told: it is
/// the first of a session, and random bytes do not have eight zeros there.
enum WireGuard {
  static func read(_ bytes: RawSpan, into output: inout Output) {
    guard bytes.byteCount >= 32, bytes.bigEndian(UInt32.self, at: 0) & 0xff_ffff == 0 else { return }
    let first = bytes.littleEndian(UInt32.self, at: 4)
    let type = bytes.byte(at: 0)
    switch (type, bytes.byteCount) {
    case (1, 148): output.messages.append(.wireGuard(WireGuardMessage(type: type, sender: first, receiver: 0)))
    case (2, 92):
      let second = bytes.littleEndian(UInt32.self, at: 8)
      output.messages.append(.wireGuard(WireGuardMessage(type: type, sender: first, receiver: second)))
    case (3, 64): output.messages.append(.wireGuard(WireGuardMessage(type: type, sender: 0, receiver: first)))
    case (4, _) where bytes.byteCount % 16 == 0 && first != 0 && bytes.littleEndian(UInt64.self, at: 8) == 0:
      output.messages.append(.wireGuard(WireGuardMessage(type: type, sender: 0, receiver: first)))
    default: break
    }
  }
}
