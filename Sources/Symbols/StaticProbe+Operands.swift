import Bytes

// Operands that name a symbol, `8@count+4(%rip)`, as compilers write those in a program's own data.

extension StaticProbe {
  /// A symbol's name and what is added to its address, where the operand is of that kind.
  fileprivate static func symbol(in operand: Substring) -> (name: String, addend: Int64)? {
    guard let at = operand.firstIndex(of: "@"), operand.hasSuffix("(%rip)") else { return nil }
    let place = operand[operand.index(after: at)...].dropLast(6)
    let end = place.dropFirst().firstIndex { $0 == "+" || $0 == "-" } ?? place.endIndex
    let addend = end == place.endIndex ? 0 : Int64(place[end...].drop { $0 == "+" })
    guard let first = place.first, !first.isNumber, first != "-", let addend else { return nil }
    return (String(place[..<end]), addend)
  }

  fileprivate var symbols: [String] { operands.split(separator: " ").compactMap { Self.symbol(in: $0)?.name } }

  /// The same with distances from the instruction in place of the symbols that are known.
  fileprivate func resolved(_ addresses: [String: UInt64]) -> StaticProbe {
    var probe = self
    probe.operands = operands.split(separator: " ").map { operand in
      guard let (name, addend) = Self.symbol(in: operand), let found = addresses[name] else { return String(operand) }
      let distance = Int64(bitPattern: found &- address) &+ addend
      return operand.prefix { $0 != "@" } + "@\(distance)(%rip)"
    }.joined(separator: " ")
    return probe
  }
}

extension ELFHeaders {
  /// The probes with the places of the symbols that their operands name.
  func resolved(_ probes: [StaticProbe], _ source: borrowing some ELFSource & ~Copyable) -> [StaticProbe] {
    let wanted = Set(probes.flatMap(\.symbols))
    guard !wanted.isEmpty else { return probes }
    let addresses = addresses(of: wanted, source)
    return probes.map { $0.resolved(addresses) }
  }

  /// Looks in .symtab (2), or in .dynsym (11) where the file was stripped of it.
  private func addresses(of names: Set<String>, _ source: borrowing some ELFSource & ~Copyable) -> [String: UInt64] {
    guard let section = sections.first(where: { $0.type == 2 }) ?? sections.first(where: { $0.type == 11 }),
      section.entrySize == 24, sections.indices.contains(Int(section.link))
    else { return [:] }
    let strings = sections[Int(section.link)]
    guard let text = try? source.bytes("symbol names", at: strings.offset, count: strings.size, limit: 128 << 20),
      let table = try? source.bytes("symbols", at: section.offset, count: section.size, limit: 64 << 20)
    else { return [:] }
    let bytes = RawSpan(_elements: table.span)
    var found: [String: UInt64] = [:]
    for start in stride(from: 0, through: bytes.byteCount - 24, by: 24) {
      let name = Int(bytes.littleEndian(UInt32.self, at: start))
      // Defined, and data or of no type.
      guard bytes.littleEndian(UInt16.self, at: start + 6) != 0, bytes.byte(at: start + 4) & 15 < 2, name < text.count
      else { continue }
      let spelled = String(decoding: text[name...].prefix(4096).prefix { $0 != 0 }, as: UTF8.self)
      if names.contains(spelled) { found[spelled] = bytes.littleEndian(UInt64.self, at: start + 8) }
    }
    return found
  }
}
