import Bytes
import Crypto

/// An SSH identification string (RFC 4253 §4.2).
package struct SSHBanner: Sendable, BitwiseCopyable {
  /// The whole line, such as `SSH-2.0-OpenSSH_9.2p1`.
  package var identification: TextRange
}

/// An SSH key exchange's beginning: what one end can do (RFC 4253 §7.1).
package struct SSHKeyExchange: Sendable, BitwiseCopyable {
  package var isFromClient: Bool
  /// The client's HASSH, or the server's HASSHServer (Salesforce, 2018): the MD5, as 32 hexadecimal digits, of the end's lists of key
  /// exchanges, ciphers, MACs and compressions for what it sends.
  package var hassh: TextRange
}

/// SSH: both ends' identification and first packet. What follows is encrypted.
enum SSH {
  private enum Stage: UInt8 { case identification, packet }
  private static let keyExchange: UInt8 = 20
  /// The longest identification, and the longest packet that must be understood (RFC 4253 §4.2, §6.1).
  private static let lineLimit = 255
  private static let packetLimit = 35_000

  static func begins(_ bytes: RawSpan) -> Beginning {
    let common = bytes.common(with: "SSH-")
    guard common == 4 else { return common == bytes.byteCount ? .more : .no }
    guard bytes.byteCount > 5 else { return .more }
    return ["2.", "1."].contains { bytes.hasText($0, at: 4) } ? .yes : .no
  }

  static func step(
    _ bytes: RawSpan, isLast: Bool, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    if stream.sides[way].stage == Stage.packet.rawValue {
      return readPacket(bytes, way, &stream, into: &output)
    }
    guard begins(bytes) != .no else { return .end }
    guard let line = bytes.line() else { return bytes.byteCount <= lineLimit && !isLast ? .more : .end }
    output.messages.append(.sshBanner(SSHBanner(identification: output.texts.add(bytes, 0..<line.end))))
    // 1.99 is a server of both versions (RFC 4253 §5.1).
    guard bytes.hasText("SSH-2.", at: 0) || bytes.hasText("SSH-1.99", at: 0) else { return .end }
    stream.sides[way].stage = Stage.packet.rawValue
    return .read(UInt64(line.next))
  }

  /// Reads the first packet: length 4, padding length 1, message; a KEXINIT is its number, a cookie of 16 bytes, and ten name lists.
  private static func readPacket(
    _ bytes: RawSpan, _ way: Int, _ stream: inout Stream, into output: inout Output
  ) -> Step {
    guard bytes.byteCount >= 6 else { return .more }
    let length = Int(bytes.bigEndian(UInt32.self, at: 0))
    guard length <= packetLimit, bytes.byte(at: 5) == keyExchange else { return .end }
    guard bytes.byteCount >= 4 &+ length else { return .more }
    let packet = bytes.extracting(0..<4 &+ length)
    var lists: [Range<Int>] = []
    var offset = 22
    for _ in 0..<10 {
      guard let list = packet.vector32(at: offset) else { return .end }
      lists.append(list)
      offset = list.upperBound
    }
    let isFromClient = isClient(packet, lists[0], way, stream)
    // Key exchanges; then ciphers, MACs and compressions, first the client's and then the server's.
    let used = isFromClient ? [0, 2, 4, 6] : [0, 3, 5, 7]
    var text: [UInt8] = []
    for place in used {
      if place != 0 { text.append(UInt8(ascii: ";")) }
      text.append(packet.extracting(lists[place]))
    }
    output.messages.append(
      .sshKeyExchange(
        SSHKeyExchange(
          isFromClient: isFromClient, hassh: output.texts.addHexadecimal(Insecure.MD5.hash(data: text)))))
    return .end
  }

  /// Whether this direction is the client's: who began the connection; where that was not seen, what only clients list (RFC 8308 §2.1), or the
  /// port.
  private static func isClient(_ packet: RawSpan, _ exchanges: Range<Int>, _ way: Int, _ stream: Stream) -> Bool {
    if let client = stream.client { return client == UInt8(way) }
    let names = packet.extracting(0..<exchanges.upperBound)
    if names.contains("ext-info-c", before: exchanges.upperBound) { return true }
    if names.contains("ext-info-s", before: exchanges.upperBound) { return false }
    return stream.ports[way] > stream.ports[1 - way]
  }
}
