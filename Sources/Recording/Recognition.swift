import Bytes

extension RecordingReader {
  /// What kind of file the first bytes say it is. Of a pcap file the header is consumed, of pcapng nothing is.
  static func recognize(_ input: inout InputBuffer) throws(CaptureFileError) -> Format {
    let available = try input.require(4)
    guard available == 4 else {
      throw .truncated(.fileHeader, offset: 0, needed: 4, available: available)
    }
    let magic = RawSpan(_elements: input.bytes.span).bigEndian(UInt32.self, at: input.start)
    if magic == BlockType.sectionHeader { return .pcapng(PcapngSection()) }
    if let format = try PcapFormat(magic: magic, &input) { return .pcap(format) }
    if let name = knownFormats[magic] { throw .unsupported(path: input.path, format: name) }
    let count = try input.require(8)
    throw .notACapture(path: input.path, firstBytes: Array(input.bytes[input.start..<input.start + count]))
  }
}

/// Files that are brought to us by mistake, by their first four bytes.
private let knownFormats: [UInt32: String] = [
  0x736e_6f6f: "snoop", 0x28b5_2ffd: "zstd", 0x0422_4d18: "lz4", 0xfd37_7a58: "xz", 0x504b_0304: "zip",
  0x425a_6839: "bzip2", 0x5452_534e: "Sniffer", 0x4d53_4e45: "Network Monitor", 0x7f45_4c46: "ELF",
]
