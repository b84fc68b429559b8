import Bytes
import Events
import Files
import Recording

/// Writes so many packets of the traffic as a pcap file with microseconds; answers how many conversations they are of, at most.
@discardableResult
package func writeCapture(_ path: String, packets: Int, speaks: Bool = false, ends: Bool = false) throws -> Int {
  let file = try FileStream.writing(path)
  var traffic = Traffic(speaks: speaks, ends: ends)
  var buffer = ByteWriter(capacity: 1 << 21)
  buffer.littleEndian(UInt32(0xa1b2_c3d4))
  for word: UInt32 in [0x0004_0002, 0, 0, 262_144, 1] { buffer.littleEndian(word) }
  for number in 0..<packets {
    let time = traffic.next()
    buffer.littleEndian(UInt32(time / 1_000_000))
    buffer.littleEndian(UInt32(time % 1_000_000))
    buffer.littleEndian(UInt32(traffic.frame.count))
    buffer.littleEndian(UInt32(traffic.frame.count))
    buffer.append(traffic.frame.bytes)
    guard buffer.count > 1 << 20 || number == packets - 1 else { continue }
    var written = 0
    while written < buffer.count { written += try file.write(buffer.bytes, from: written) }
    buffer.bytes.removeAll(keepingCapacity: true)
  }
  return traffic.begun
}

/// Writes the same traffic as a recording, in which each packet has an owner: of a hundred processes one, by its conversation.
package func writeRecording(_ path: String, packets: Int) throws {
  var traffic = Traffic()
  var writer = try RecordingWriter(path: path, linkType: .ethernet)
  let interface = try writer.interface(namespace: "", name: "bench0", linkType: .ethernet)
  let owners = (0..<Traffic.conversations).map { conversation in
    let pid = UInt32(1000 + conversation % 100)
    let process = ProcessID(pid: pid, start: UInt64(pid) * 1_000_000)
    let actor = Actor(process: process, thread: pid, parent: 1, command: Array("worker".utf8))
    return Owner(
      actor: actor, socket: SocketID(cookie: UInt64(conversation + 1), namespace: 1), role: .sender, confidence: .high,
      reason: "socket")
  }
  for number in 0..<packets {
    let time = Instant(nanoseconds: Int64(traffic.next()) * 1000)
    let bytes = traffic.frame.bytes
    let info = FrameInfo(
      time: time, wireLength: bytes.count, linkType: .ethernet, interface: interface,
      direction: traffic.isForward ? .outbound : .inbound)
    try writer.packet(
      info, RawSpan(_elements: bytes.span), owner: owners[traffic.conversation], id: UInt64(number))
  }
  try writer.flush()
}
