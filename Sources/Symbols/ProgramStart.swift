import Bytes
import Files

/// Where a process begins to run its own code.
package enum ProgramStart {
  /// The address of its program's first instruction, after ld.so's (AT_ENTRY of its auxiliary vector, getauxval(3)).
  package static func entry(of pid: UInt32) -> UInt64? {
    guard let vector = try? readFile("/proc/\(pid)/auxv") else { return nil }
    let isNarrow = (try? FileReader("/proc/\(pid)/exe").read(at: 4, count: 1)) == [1]
    let bytes = RawSpan(_elements: vector.span)
    let width = isNarrow ? 4 : 8
    func word(_ place: Int) -> UInt64 {
      isNarrow ? UInt64(bytes.littleEndian(UInt32.self, at: place)) : bytes.littleEndian(UInt64.self, at: place)
    }
    for place in stride(from: 0, through: bytes.byteCount - 2 * width, by: 2 * width) where word(place) == 9 {
      return word(place + width)
    }
    return nil
  }

  /// The address of `__libc_start_main`, which calls main(), in a process that stands at its entry. Nil in programs that do not name it:
  /// they would never come by there.
  package static func libcStart(of pid: UInt32) -> UInt64? {
    guard let maps = try? FileReader("/proc/\(pid)/maps").readAll(limit: 16 << 20) else { return nil }
    guard let path = readLink("/proc/\(pid)/exe"), let program = try? FileReader("/proc/\(pid)/exe"),
      let headers = try? ELFHeaders(program)
    else { return nil }
    let mappings = Mapping.executable(maps).filter { $0.inode != 0 }
    switch headers.naming(of: startOfC, program) {
    case .none: return nil
    case .here(let offset): return mappings.first { $0.path == path }?.address(ofOffset: offset)
    case .elsewhere: break
    }
    for mapping in mappings where mapping.path != path {
      guard let file = try? FileReader("/proc/\(pid)/root" + mapping.path), let headers = try? ELFHeaders(file),
        case .here(let offset) = headers.naming(of: startOfC, file)
      else { continue }
      return mapping.address(ofOffset: offset)
    }
    return nil
  }

  private static let startOfC = Array("__libc_start_main".utf8)
}

extension Mapping {
  /// Where the byte at `offset` of the file is mapped.
  fileprivate func address(ofOffset place: UInt64) -> UInt64? {
    guard place >= offset, place - offset < end - start else { return nil }
    return start + (place - offset)
  }
}

extension ELFHeaders {
  /// What a file has of a function's name.
  fileprivate enum Naming {
    case none
    /// The function is another file's.
    case elsewhere
    /// It is this file's, at the offset.
    case here(UInt64)
  }

  /// Looks in .dynsym (11) and .symtab (2).
  fileprivate func naming(of name: [UInt8], _ source: borrowing some ELFSource & ~Copyable) -> Naming {
    for section in sections where section.type == 11 || section.type == 2 {
      guard section.entrySize == 24, sections.indices.contains(Int(section.link)) else { continue }
      let strings = sections[Int(section.link)]
      guard
        let names = try? source.bytes("symbol names", at: strings.offset, count: strings.size, limit: 128 << 20),
        let symbols = try? source.bytes("symbols", at: section.offset, count: section.size, limit: 64 << 20)
      else { continue }
      let bytes = RawSpan(_elements: symbols.span)
      for start in stride(from: 0, through: bytes.byteCount - 24, by: 24) {
        let place = Int(bytes.littleEndian(UInt32.self, at: start))
        guard place < names.count, names[place...].starts(with: name) else { continue }
        // A version may stand behind the name.
        let end = place + name.count
        guard end == names.count || names[end] == 0 || names[end] == UInt8(ascii: "@") else { continue }
        // SHN_UNDEF
        guard bytes.littleEndian(UInt16.self, at: start + 6) != 0 else { return .elsewhere }
        return offset(ofAddress: bytes.littleEndian(UInt64.self, at: start + 8)).map { .here($0) } ?? .none
      }
    }
    return .none
  }
}
