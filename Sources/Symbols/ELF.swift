import Bytes
package import Files

/// Why a file gives no symbols.
package enum ELFProblem: Error, Sendable, Hashable {
  case unreadable(FileError)
  /// No ELF at all.
  case notELF
  /// 32-bit, which no process that culprit names runs in.
  case class32
  case bigEndian
  /// A table that the headers promise is not all there, or is larger than any honest file's.
  case cut(String, needed: UInt64, available: UInt64)
  case tooLarge(String, UInt64)
  /// A table's entries have a size that is not ELF64's.
  case entrySize(String, UInt64)

  package var text: String {
    switch self {
    case .unreadable(let error): "\(error.call) \(error.path): errno \(error.code)"
    case .notELF: "no ELF file"
    case .class32: "a 32-bit ELF file, which is not supported"
    case .bigEndian: "a big-endian ELF file, which is not supported"
    case .cut(let what, let needed, let available): "\(what) needs \(needed) bytes, the file has \(available)"
    case .tooLarge(let what, let size): "\(what) of \(size) is beyond any honest file"
    case .entrySize(let what, let size): "\(what) entries of \(size) bytes"
    }
  }
}

/// Where the bytes of an ELF file come from: a file, or memory.
protocol ELFSource: ~Copyable {
  /// Bytes there are.
  var extent: UInt64 { get }
  /// The bytes there, fewer than asked for where they end.
  func some(at offset: UInt64, count: Int) throws(ELFProblem) -> [UInt8]
}

extension ELFSource where Self: ~Copyable {
  /// Exactly these bytes.
  func bytes(_ what: String, at offset: UInt64, count: UInt64, limit: UInt64) throws(ELFProblem) -> [UInt8] {
    let (end, overflow) = offset.addingReportingOverflow(count)
    if overflow || end > extent { throw .cut(what, needed: overflow ? .max : end, available: extent) }
    if count > limit { throw .tooLarge(what, count) }
    let bytes = try some(at: offset, count: Int(count))
    if bytes.count < Int(count) { throw .cut(what, needed: count, available: UInt64(bytes.count)) }
    return bytes
  }
}

extension FileReader: ELFSource {
  var extent: UInt64 { UInt64(clamping: size) }

  func some(at offset: UInt64, count: Int) throws(ELFProblem) -> [UInt8] {
    do { return try read(at: offset, count: count) } catch { throw .unreadable(error) }
  }
}

/// An ELF file that is in memory: the vDSO.
struct MemoryImage: ELFSource {
  let image: [UInt8]
  var extent: UInt64 { UInt64(image.count) }

  func some(at offset: UInt64, count: Int) throws(ELFProblem) -> [UInt8] {
    Array(image[Int(offset)..<Int(offset) + count])
  }
}

/// The headers of a 64-bit little-endian ELF file (System V gABI, chapters 4 and 5).
struct ELFHeaders {
  /// A part of the file that is mapped (PT_LOAD).
  struct Segment {
    let fileOffset: UInt64
    let address: UInt64
    let fileSize: UInt64
    let executable: Bool
  }

  struct Section {
    let name: UInt32
    let type: UInt32
    let flags: UInt64
    let offset: UInt64
    let size: UInt64
    let link: UInt32
    let entrySize: UInt64

    /// SHF_EXECINSTR
    var executable: Bool { flags & 4 != 0 }
  }

  private(set) var segments: [Segment] = []
  /// Where PT_NOTE segments lie, from the first byte of the file.
  private(set) var notes: [(offset: UInt64, size: UInt64)] = []
  private(set) var sections: [Section] = []

  /// Of nothing.
  init() {}

  init(_ source: borrowing some ELFSource & ~Copyable) throws(ELFProblem) {
    let head = try Self.head(source)
    let header = RawSpan(_elements: head.span)
    try readSegments(source, header)
    // A file without section headers is whole: they may be stripped.
    try readSections(source, header)
  }

  private static func head(_ source: borrowing some ELFSource & ~Copyable) throws(ELFProblem) -> [UInt8] {
    if source.extent < 64 { throw .notELF }
    let head = try source.bytes("the ELF header", at: 0, count: 64, limit: 64)
    guard head.starts(with: [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")]) else { throw .notELF }
    if head[4] == 1 { throw .class32 }
    if head[5] == 2 { throw .bigEndian }
    guard head[4] == 2, head[5] == 1 else { throw .notELF }
    return head
  }

  private mutating func readSegments(_ source: borrowing some ELFSource & ~Copyable, _ header: RawSpan)
    throws(ELFProblem)
  {
    let offset = header.littleEndian(UInt64.self, at: 32)
    let entrySize = UInt64(header.littleEndian(UInt16.self, at: 54))
    let count = UInt64(header.littleEndian(UInt16.self, at: 56))
    if count == 0 { return }
    guard entrySize == 56 else { throw .entrySize("program header", entrySize) }
    let table = try source.bytes("the program headers", at: offset, count: count * 56, limit: 56 * 1024)
    let bytes = RawSpan(_elements: table.span)
    for start in stride(from: 0, to: bytes.byteCount, by: 56) {
      let fileOffset = bytes.littleEndian(UInt64.self, at: start + 8)
      let fileSize = bytes.littleEndian(UInt64.self, at: start + 32)
      switch bytes.littleEndian(UInt32.self, at: start) {
      case 1:
        segments.append(
          Segment(
            fileOffset: fileOffset, address: bytes.littleEndian(UInt64.self, at: start + 16), fileSize: fileSize,
            executable: bytes.littleEndian(UInt32.self, at: start + 4) & 1 != 0))
      case 4: notes.append((fileOffset, fileSize))
      default: break
      }
    }
  }

  private mutating func readSections(_ source: borrowing some ELFSource & ~Copyable, _ header: RawSpan)
    throws(ELFProblem)
  {
    let offset = header.littleEndian(UInt64.self, at: 40)
    let entrySize = UInt64(header.littleEndian(UInt16.self, at: 58))
    let count = UInt64(header.littleEndian(UInt16.self, at: 60))
    if count == 0 || offset == 0 { return }
    guard entrySize == 64 else { throw .entrySize("section header", entrySize) }
    let table = try source.bytes("the section headers", at: offset, count: count * 64, limit: 64 << 16)
    let bytes = RawSpan(_elements: table.span)
    for start in stride(from: 0, to: bytes.byteCount, by: 64) {
      sections.append(
        Section(
          name: bytes.littleEndian(UInt32.self, at: start), type: bytes.littleEndian(UInt32.self, at: start + 4),
          flags: bytes.littleEndian(UInt64.self, at: start + 8),
          offset: bytes.littleEndian(UInt64.self, at: start + 24),
          size: bytes.littleEndian(UInt64.self, at: start + 32),
          link: bytes.littleEndian(UInt32.self, at: start + 40),
          entrySize: bytes.littleEndian(UInt64.self, at: start + 56)))
    }
  }

  /// The address that the byte at `offset` of the file has in the file's own terms.
  func address(ofOffset offset: UInt64) -> UInt64? {
    func covers(_ segment: Segment) -> Bool {
      offset >= segment.fileOffset && offset - segment.fileOffset < segment.fileSize
    }
    let hit = segments.first { $0.executable && covers($0) } ?? segments.first(where: covers)
    return hit.map { offset &- $0.fileOffset &+ $0.address }
  }
}
