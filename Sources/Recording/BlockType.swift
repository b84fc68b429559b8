// pcapng's numbers (draft-ietf-opsawg-pcapng §4 and §11.1), each in one place.

/// The types of blocks that are read or written.
enum BlockType {
  static let sectionHeader: UInt32 = 0x0a0d_0d0a
  static let interfaceDescription: UInt32 = 1
  /// The obsolete Packet Block.
  static let packet: UInt32 = 2
  static let simplePacket: UInt32 = 3
  static let interfaceStatistics: UInt32 = 5
  static let enhancedPacket: UInt32 = 6
  /// systemd Journal Export (draft-richardson-opsawg-pcapng-extras).
  static let journal: UInt32 = 9
  /// Custom blocks: 0xbad may be copied by programs that do not know it, 0x40000bad may not.
  static let custom: UInt32 = 0x0000_0bad
  static let customNoCopy: UInt32 = 0x4000_0bad
  /// A process, as Apple's libpcap writes it.
  static let darwinProcess: UInt32 = 0x8000_0001
}

/// `enhanced packet`, or the type in hexadecimal.
func blockName(_ type: UInt32) -> String {
  switch type {
  case BlockType.sectionHeader: "section header"
  case BlockType.interfaceDescription: "interface description"
  case BlockType.packet: "packet"
  case BlockType.simplePacket: "simple packet"
  case BlockType.interfaceStatistics: "interface statistics"
  case BlockType.enhancedPacket: "enhanced packet"
  case BlockType.journal: "journal export"
  case BlockType.custom, BlockType.customNoCopy: "custom"
  case BlockType.darwinProcess: "process information"
  default: "0x" + String(type, radix: 16)
  }
}

/// The options that are read or written; a number means what it means in its block.
enum OptionCode {
  static let end: UInt16 = 0
  static let comment: UInt16 = 1
  /// A custom option of bytes that may be copied.
  static let customBytes: UInt16 = 2989

  static let shbHardware: UInt16 = 2
  static let shbSystem: UInt16 = 3
  static let shbApplication: UInt16 = 4

  static let ifName: UInt16 = 2
  static let ifResolution: UInt16 = 9
  static let ifOffset: UInt16 = 14

  static let epbFlags: UInt16 = 2
  static let epbPacketID: UInt16 = 5
  static let epbProcessThread: UInt16 = 8
  /// Apple's: whose the socket is, and for whom it is used.
  static let darwinProcess: UInt16 = 0x8001
  static let darwinEffectiveProcess: UInt16 = 0x8003

  static let isbReceived: UInt16 = 4
  static let isbDropped: UInt16 = 5
  static let isbSystemDropped: UInt16 = 7
  static let isbDelivered: UInt16 = 8

  static let pibName: UInt16 = 2
  static let pibPath: UInt16 = 3
  static let pibCommandLine: UInt16 = 4
  static let pibParent: UInt16 = 5
  static let pibUser: UInt16 = 6
  static let pibStart: UInt16 = 9
}

/// Private enterprise numbers.
enum EnterpriseNumber {
  /// The Wireshark Foundation's; its custom blocks' entry type 3 is a process information block.
  static let wireshark: UInt32 = 32622
  static let wiresharkProcessInformation: UInt32 = 3
  /// Ours. Culprit has no number of its own yet: this is the one RFC 5612 sets aside for documentation, and what we
  /// write under it begins with `ownerMark`, so that a stranger's use of the same number is not taken for ours.
  static let culprit: UInt32 = 32473
  /// `Cu`.
  static let ownerMark: [UInt8] = [0x43, 0x75]
}

/// Lengths beyond which a file is damaged rather than large.
enum Limit {
  /// As Wireshark has it: the longest block that is read.
  static let block = 16 << 20
  static let packet = 16 << 20
  static let interfaces = 1 << 16
  static let processes = 1 << 20
}
