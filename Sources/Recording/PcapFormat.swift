import Bytes
import Events

/// What the header of a pcap file says (draft-ietf-opsawg-pcap §4).
///
///     magic u32, version u16 u16, two reserved u32, snap length u32, link type u32 (its upper six bits: FCS length)
struct PcapFormat: Sendable {
  static let headerLength = 24

  let swapped: Bool
  /// Nanoseconds in a unit of the timestamp's fraction.
  let fraction: Int64
  /// 16, or 24 for the "modified" form, whose records also say interface, protocol and packet type.
  let recordLength: Int
  let linkType: LinkType
  let snapLength: Int

  /// Reads and consumes the header; nil when `magic` (the first four bytes, big-endian) is no pcap's.
  init?(magic: UInt32, _ input: inout InputBuffer) throws(CaptureFileError) {
    switch magic {
    case 0xd4c3_b2a1, 0xa1b2_c3d4: (fraction, recordLength) = (1000, 16)
    case 0x4d3c_b2a1, 0xa1b2_3c4d: (fraction, recordLength) = (1, 16)
    // Alexey Kuznetzov's libpcap, as Red Hat once shipped it.
    case 0x34cd_b2a1, 0xa1b2_cd34: (fraction, recordLength) = (1000, 24)
    default: return nil
    }
    swapped = magic >> 24 == 0xa1
    let available = try input.require(Self.headerLength)
    guard available == Self.headerLength else {
      throw .truncated(.fileHeader, offset: 0, needed: Self.headerLength, available: available)
    }
    let major = input.integer(UInt16.self, at: 4, swapped: swapped)
    guard major == 2 else {
      throw .inconsistent(.fileHeader, offset: 4, field: "version", value: UInt64(major))
    }
    snapLength = Int(input.integer(UInt32.self, at: 16, swapped: swapped))
    linkType = canonicalLinkType(input.integer(UInt32.self, at: 20, swapped: swapped) & 0x03ff_ffff)
    input.consume(Self.headerLength)
  }
}

/// LINKTYPE_ numbers as they are; DLT_RAW, which some programs write as Linux's or OpenBSD's own number, as
/// LINKTYPE_RAW.
func canonicalLinkType(_ number: UInt32) -> LinkType { number == 12 || number == 14 ? .raw : LinkType(number) }

extension RecordingReader {
  /// The next record of a pcap file: seconds u32, fraction u32, captured u32, on the wire u32; then, in the "modified"
  /// form, interface u32, protocol u16, packet type u8, padding u8.
  mutating func nextPcap(_ format: PcapFormat) throws(CaptureFileError) -> Item? {
    if interfaces.count == firstInterface {
      interfaces.append(
        RecordedInterface(fullName: "", linkType: format.linkType, snapLength: format.snapLength))
      resolutions.append(Resolution())
      return .interface(firstInterface)
    }
    let header = format.recordLength
    let available = try input.require(header)
    guard available == header else {
      if available == 0 { return nil }
      throw .truncated(.packetRecord, offset: input.offset, needed: header, available: available)
    }
    let swapped = format.swapped
    let seconds = Int64(input.integer(UInt32.self, at: 0, swapped: swapped))
    // A fraction beyond its second, which only damaged files have, carries over.
    let fraction = Int64(input.integer(UInt32.self, at: 4, swapped: swapped)) &* format.fraction
    let captured = Int(input.integer(UInt32.self, at: 8, swapped: swapped))
    let wireLength = Int(input.integer(UInt32.self, at: 12, swapped: swapped))
    var direction = Direction.unknown
    if header == 24 { direction = directionOfPacketType(input.integer(UInt8.self, at: 22, swapped: swapped)) }
    guard captured <= Limit.packet else {
      throw .tooLong(.packetRecord, offset: input.offset, length: UInt64(captured), limit: UInt64(Limit.packet))
    }
    let there = try input.require(header + captured)
    guard there == header + captured else {
      throw .truncated(.packetRecord, offset: input.offset, needed: header + captured, available: there)
    }
    packetRange = header..<header + captured
    recordLength = header + captured
    packetCount += 1
    return .packet(
      FrameInfo(
        time: Instant(nanoseconds: seconds &* 1_000_000_000 &+ fraction), wireLength: wireLength,
        linkType: format.linkType, interface: firstInterface, direction: direction))
  }
}

/// Linux' PACKET_OUTGOING (4) is outbound; to us, broadcast, multicast and to others are inbound.
func directionOfPacketType(_ type: UInt8) -> Direction {
  switch type {
  case 0, 1, 2, 3: .inbound
  case 4: .outbound
  default: .unknown
  }
}
