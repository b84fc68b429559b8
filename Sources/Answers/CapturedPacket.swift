import Bytes

/// What pcap() took of a packet, and how a capture file has it (draft-ietf-opsawg-pcap).
package struct CapturedPacket: Sendable, Hashable {
  /// Nanoseconds since 1970.
  package var time: Int64
  /// On the wire.
  package var length: UInt32
  /// As pcap(3) numbers it in programs, DLT_…
  package var linkType: UInt32
  package var bytes: [UInt8]

  package init(time: Int64, length: UInt32, linkType: UInt32, bytes: [UInt8]) {
    self.time = time
    self.length = length
    self.linkType = linkType
    self.bytes = bytes
  }

  /// The header of a file that holds such packets, its times in nanoseconds.
  package func fileHeader(snapLength: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.littleEndian(UInt32(0xa1b2_3c4d))
    writer.littleEndian(UInt16(2))
    writer.littleEndian(UInt16(4))
    writer.littleEndian(UInt64(0))
    writer.littleEndian(UInt32(clamping: snapLength))
    writer.littleEndian(Self.inFiles(linkType))
    return writer.bytes
  }

  /// The packet as a file has it.
  package var record: [UInt8] {
    var writer = ByteWriter()
    let (seconds, fraction) = max(0, time).quotientAndRemainder(dividingBy: 1_000_000_000)
    writer.littleEndian(UInt32(truncatingIfNeeded: seconds))
    writer.littleEndian(UInt32(truncatingIfNeeded: fraction))
    writer.littleEndian(UInt32(clamping: bytes.count))
    writer.littleEndian(max(length, UInt32(clamping: bytes.count)))
    return writer.bytes + bytes
  }

  /// As tracemem() would print it.
  package var dump: [UInt8] {
    var text: [UInt8] = []
    text.put(dump: RawSpan(_elements: bytes.span), 0..<bytes.count)
    return text
  }

  /// Files have LINKTYPE_RAW for what programs number DLT_RAW.
  private static func inFiles(_ linkType: UInt32) -> UInt32 { linkType == 12 ? 101 : linkType }
}
