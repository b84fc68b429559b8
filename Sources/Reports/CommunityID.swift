import Bytes
import Crypto
package import Events

/// A conversation's community id, version 1: the same number in every program's output (Zeek, Suricata, Wireshark), whichever way
/// its packets go. https://github.com/corelight/community-id-spec
/// - Parameters:
///   - icmp: for ICMP and ICMPv6, type and code of the conversation's first packet: they stand where others have ports.
///   - seed: sites may choose one, to keep their ids apart from others'.
package func communityID(_ key: FlowKey, icmp: (type: UInt8, code: UInt8)? = nil, seed: UInt16 = 0) -> String {
  var key = key
  var isOrdered = false
  if let icmp, key.proto == 1 || key.proto == 58 {
    let answer = (key.proto == 1 ? icmpAnswers : icmp6Answers)[icmp.type]
    key.source.port = UInt16(icmp.type)
    key.destination.port = UInt16(answer ?? icmp.code)
    // What nobody answers has a direction.
    isOrdered = answer == nil
  }
  if !isOrdered, key.destination.isBefore(key.source) { key = key.reversed }

  var input = ByteWriter(capacity: 40)
  input.bigEndian(seed)
  for address in [key.source.address, key.destination.address] {
    if address.version == 6 { input.bigEndian(address.high) }
    if address.version == 6 {
      input.bigEndian(address.low)
    } else {
      input.bigEndian(UInt32(truncatingIfNeeded: address.low))
    }
  }
  input.byte(key.proto)
  input.byte(0)
  if [1, 6, 17, 58, 132].contains(key.proto) {
    input.bigEndian(key.source.port)
    input.bigEndian(key.destination.port)
  }
  var text = Array("1:".utf8)
  appendBase64(Array(Insecure.SHA1.hash(data: input.bytes)), to: &text)
  return String(decoding: text, as: UTF8.self)
}

/// Requests and their answers, either way: echo, router discovery, timestamp, information, address mask.
private let icmpAnswers: [UInt8: UInt8] = [8: 0, 0: 8, 10: 9, 9: 10, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17]

/// Echo, multicast listeners, router and neighbour discovery, node information, home agents.
private let icmp6Answers: [UInt8: UInt8] = [
  128: 129, 129: 128, 130: 131, 131: 130, 133: 134, 134: 133, 135: 136, 136: 135, 139: 140, 140: 139, 144: 145,
  145: 144,
]

extension Endpoint {
  /// By address, then by port, as numbers.
  fileprivate func isBefore(_ other: Endpoint) -> Bool {
    (address.high, address.low, port) < (other.address.high, other.address.low, other.port)
  }
}
