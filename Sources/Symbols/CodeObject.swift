import Bytes
import Files

/// The functions of a program or a library as places in its file, for who wants to put probes there.
package struct CodeObject: Sendable {
  package struct Function: Sendable, Hashable {
    package var name: String
    /// Of the first instruction, in bytes from the file's first.
    package var offset: UInt64
    /// Bytes; never 0.
    package var size: UInt64

    package init(name: String, offset: UInt64, size: UInt64) {
      self.name = name
      self.offset = offset
      self.size = size
    }
  }

  /// Base name.
  package let name: String
  package let path: String
  /// By address; where an address has several names, all of them, the best first.
  package let functions: [Function]
  /// Names of the libraries that it asks for (DT_NEEDED), and the directories where it wants them sought (DT_RUNPATH or DT_RPATH).
  package let needed: [String]
  package let runPath: [String]
  private let headers: ELFHeaders

  /// - Parameters:
  ///   - name: what the file is called where it is not called by its path's last part.
  /// - Throws: why the file gives no functions.
  package init(path: String, name: String? = nil) throws(ELFProblem) {
    self.path = path
    self.name = name ?? String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    let file: FileReader
    do { file = try FileReader(path) } catch { throw .unreadable(error) }
    guard file.isRegular else { throw .notELF }
    headers = try ELFHeaders(file)
    functions = headers.codeSymbols(file)
    (needed, runPath) = headers.dependencies(file)
  }

  /// The functions of exactly that name (an alias is told by its own), or those whose best name the test accepts.
  package func functions(named name: String) -> [Function] { functions.filter { $0.name == name } }

  /// One function for each address, by its best name among those that the test accepts.
  package func functions(where accepts: (String) -> Bool) -> [Function] {
    var last: UInt64?
    return functions.filter { function in
      guard function.offset != last, accepts(function.name) else { return false }
      last = function.offset
      return true
    }
  }

  /// Where the byte at an address in the file's own terms lies in the file; nil for what is not code of it.
  package func offset(ofAddress address: UInt64) -> UInt64? { headers.offset(ofAddress: address) }

  /// Where the function's instructions begin, from its first byte.
  package func instructions(of function: Function) -> [UInt64] {
    guard function.size <= 1 << 20, let file = try? FileReader(path),
      let code = try? file.read(at: function.offset, count: Int(function.size))
    else { return [0] }
    var offsets: [UInt64] = []
    var position = 0
    while position < code.count {
      // The kernel does not step over hlt.
      if code[position] != 0xf4 { offsets.append(UInt64(position)) }
      guard let length = instructionLength(code, at: position) else { break }
      position += length
    }
    return offsets
  }
}

extension ELFHeaders {
  /// The sized functions of .symtab, or of .dynsym where there is none.
  fileprivate func codeSymbols(_ source: borrowing some ELFSource & ~Copyable) -> [CodeObject.Function] {
    let table = sections.first { $0.type == 2 } ?? sections.first { $0.type == 11 }
    guard let table, table.entrySize == 24, sections.indices.contains(Int(table.link)) else { return [] }
    let strings = sections[Int(table.link)]
    guard
      let names = try? source.bytes("symbol names", at: strings.offset, count: strings.size, limit: 128 << 20),
      let symbols = try? source.bytes("symbols", at: table.offset, count: table.size, limit: 64 << 20)
    else { return [] }
    let bytes = RawSpan(_elements: symbols.span)
    var found: [(function: CodeObject.Function, rank: Int)] = []
    for start in stride(from: 0, through: bytes.byteCount - 24, by: 24) {
      let info = bytes.byte(at: start + 4)
      let home = bytes.littleEndian(UInt16.self, at: start + 6)
      let address = bytes.littleEndian(UInt64.self, at: start + 8)
      let size = bytes.littleEndian(UInt64.self, at: start + 16)
      let name = Int(bytes.littleEndian(UInt32.self, at: start))
      guard info & 15 == 2 || info & 15 == 10, home != 0, home < 0xff00, size > 0, name < names.count,
        let offset = offset(ofAddress: address)
      else { continue }
      // A version behind the name (`pthread_create@@GLIBC_2.34`) does not belong to it.
      let text = names[name...].prefix(4096).prefix { $0 != 0 && $0 != UInt8(ascii: "@") }
      guard !text.isEmpty else { continue }
      found.append(
        (.init(name: String(decoding: printable(text), as: UTF8.self), offset: offset, size: size), Int(info >> 4)))
    }
    // STB_WEAK is 2, STB_GLOBAL 1, STB_LOCAL 0: where a name is weak, it is the one that programs call (`getpid` of `__getpid`).
    func rank(_ binding: Int) -> Int { 2 - min(binding, 2) }
    func underscores(_ name: String) -> Int { name.prefix { $0 == "_" }.count }
    return found.sorted { a, b in
      (a.function.offset, rank(a.rank), underscores(a.function.name), a.function.name)
        < (b.function.offset, rank(b.rank), underscores(b.function.name), b.function.name)
    }.map(\.function)
  }

  /// DT_NEEDED (1), DT_RPATH (15) and DT_RUNPATH (29) of the section .dynamic (type 6).
  fileprivate func dependencies(
    _ source: borrowing some ELFSource & ~Copyable
  ) -> (needed: [String], runPath: [String]) {
    guard let section = sections.first(where: { $0.type == 6 }), section.entrySize == 16,
      sections.indices.contains(Int(section.link)),
      let table = try? source.bytes(".dynamic", at: section.offset, count: section.size, limit: 1 << 20)
    else { return ([], []) }
    let strings = sections[Int(section.link)]
    guard let names = try? source.bytes(".dynstr", at: strings.offset, count: strings.size, limit: 64 << 20) else {
      return ([], [])
    }
    let bytes = RawSpan(_elements: table.span)
    var needed: [String] = []
    var path: [String] = []
    for start in stride(from: 0, through: bytes.byteCount - 16, by: 16) {
      let value = bytes.littleEndian(UInt64.self, at: start + 8)
      guard value < UInt64(names.count) else { continue }
      let text = String(decoding: names[Int(value)...].prefix(4096).prefix { $0 != 0 }, as: UTF8.self)
      switch bytes.littleEndian(UInt64.self, at: start) {
      case 1: needed.append(text)
      case 15, 29: path = text.split(separator: ":").map(String.init)
      default: break
      }
    }
    return (needed, path)
  }

  /// Where the byte at an address in the file's own terms lies in the file; nil for what is not mapped from it to be run.
  func offset(ofAddress address: UInt64) -> UInt64? {
    segments.first { $0.executable && address >= $0.address && address - $0.address < $0.fileSize }
      .map { address - $0.address + $0.fileOffset }
  }
}
