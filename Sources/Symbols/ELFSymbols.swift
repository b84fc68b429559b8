import Bytes

// From section headers to functions: .symtab where it was not stripped, and .dynsym.

extension ELFHeaders {
  /// The most that one file's names, and symbols, may take: a browser's with all its symbols.
  private static let nameLimit: UInt64 = 128 << 20
  private static let symbolLimit: UInt64 = 64 << 20

  /// The functions that the file names. Sections that do not make sense are passed over, so that a damaged .symtab does not cost
  /// the .dynsym.
  func functions(_ source: borrowing some ELFSource & ~Copyable) -> SymbolTable {
    var entries: [SymbolTable.Entry] = []
    var text: [UInt8] = []
    // A file has one of each; more than a few is somebody's joke.
    for section in sections.lazy.filter({ $0.type == 2 || $0.type == 11 }).prefix(4) {
      do {
        try collect(section, source, &entries, &text)
      } catch {
        continue
      }
    }
    return SymbolTable(entries, text: text)
  }

  private func collect(
    _ section: Section, _ source: borrowing some ELFSource & ~Copyable, _ entries: inout [SymbolTable.Entry],
    _ text: inout [UInt8]
  ) throws(ELFProblem) {
    guard section.entrySize == 24 else { throw .entrySize("symbol", section.entrySize) }
    guard sections.indices.contains(Int(section.link)) else { throw .cut("symbol names", needed: 0, available: 0) }
    let strings = sections[Int(section.link)]
    let names = try source.bytes("symbol names", at: strings.offset, count: strings.size, limit: Self.nameLimit)
    let table = try source.bytes("symbols", at: section.offset, count: section.size, limit: Self.symbolLimit)
    let bytes = RawSpan(_elements: table.span)
    let base = text.count
    // Names are counted in 32 bits.
    if base + names.count > Int(UInt32.max) { throw .tooLarge("symbol names", UInt64(names.count)) }
    for start in stride(from: 0, through: bytes.byteCount - 24, by: 24) {
      let info = bytes.byte(at: start + 4)
      let home = bytes.littleEndian(UInt16.self, at: start + 6)
      let address = bytes.littleEndian(UInt64.self, at: start + 8)
      // STT_FUNC, STT_GNU_IFUNC; assembly often leaves the type out (STT_NOTYPE).
      guard address != 0, home != 0, home < 0xff00 else { continue }
      switch info & 15 {
      case 2, 10: break
      case 0:
        guard sections.indices.contains(Int(home)), sections[Int(home)].executable else { continue }
      default: continue
      }
      let name = UInt64(bytes.littleEndian(UInt32.self, at: start))
      // Mapping symbols of arm64 ($x) are no names.
      guard name < UInt64(names.count), names[Int(name)] != 0, names[Int(name)] != UInt8(ascii: "$") else { continue }
      // STB_GLOBAL before STB_WEAK before STB_LOCAL; a function before a label.
      let binding: UInt8 = info >> 4 == 1 ? 2 : info >> 4 == 2 ? 1 : 0
      entries.append(
        SymbolTable.Entry(
          address: address, size: UInt32(clamping: bytes.littleEndian(UInt64.self, at: start + 16)),
          name: UInt32(base + Int(name)), rank: binding + (info & 15 == 0 ? 0 : 4)))
    }
    text += names
  }

  /// The build id (NT_GNU_BUILD_ID), empty when the file has none.
  func buildID(_ source: borrowing some ELFSource & ~Copyable) -> [UInt8] {
    for note in notes.prefix(16) {
      guard let table = try? source.bytes("notes", at: note.offset, count: note.size, limit: 1 << 16) else { continue }
      let bytes = RawSpan(_elements: table.span)
      var position = 0
      while position + 12 <= bytes.byteCount {
        let nameSize = Int(bytes.littleEndian(UInt32.self, at: position))
        let size = Int(bytes.littleEndian(UInt32.self, at: position + 4))
        let type = bytes.littleEndian(UInt32.self, at: position + 8)
        let start = position + 12 + (nameSize + 3) / 4 * 4
        guard start <= bytes.byteCount, size <= bytes.byteCount - start else { break }
        if type == 3, nameSize == 4, bytes.copy(position + 12..<position + 16) == [0x47, 0x4e, 0x55, 0], size <= 64 {
          return bytes.copy(start..<start + size)
        }
        position = start + (size + 3) / 4 * 4
      }
    }
    return []
  }
}
