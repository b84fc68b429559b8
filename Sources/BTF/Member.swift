/// A member as its structure's record has it.
package struct Member: Sendable, Hashable {
  /// Empty for an anonymous structure or union.
  package var name: String
  package var type: TypeID
  /// From the structure's beginning.
  package var bitOffset: Int
  /// Bits of a bit-field; nil for a whole value.
  package var bitCount: Int?
}

/// Where a path leads: what must be known to read the value there.
package struct Place: Sendable, Hashable {
  /// From the beginning of the structure that the path starts in.
  package var byteOffset: Int
  /// Bytes of the value; of a bit-field, the 1, 2, 4 or 8 bytes that C would read for it.
  package var size: Int
  /// The value is a signed integer or enumeration.
  package var signed: Bool
  package var type: TypeID
  package var bits: BitField?

  /// A bit-field among the `size` bytes at `byteOffset`, read as a little-endian number.
  package struct BitField: Sendable, Hashable {
    /// Bits to shift to the right.
    package var shift: Int
    package var count: Int

    package init(shift: Int, count: Int) {
      self.shift = shift
      self.count = count
    }
  }

  package init(byteOffset: Int, size: Int, signed: Bool, type: TypeID, bits: BitField? = nil) {
    self.byteOffset = byteOffset
    self.size = size
    self.signed = signed
    self.type = type
    self.bits = bits
  }
}

extension TypeGraph {
  /// A structure's or union's own members, in order; empty for other types.
  package func members(of id: TypeID) -> [Member] {
    guard let record = record(id), record.kind.isStructureOrUnion else { return [] }
    return (0..<record.count).map { member(of: record, at: $0) }
  }

  private func member(of record: Record, at index: Int) -> Member {
    let (type, offset, count) = layout(of: record, at: index)
    return Member(
      name: text(at: Int(word(at: record.entries + index * 12))), type: type, bitOffset: offset, bitCount: count)
  }

  /// A member without its name: where it begins and, for a bit-field, how many bits it has.
  private func layout(of record: Record, at index: Int) -> (type: TypeID, bitOffset: Int, bitCount: Int?) {
    let entry = record.entries + index * 12
    let type = TypeID(word(at: entry + 4))
    let offset = word(at: entry + 8)
    // With the flag, the upper 8 bits are the bit-field's size, 0 for none.
    if record.flag {
      let bits = Int(offset >> 24)
      return (type, Int(offset & 0xff_ffff), bits == 0 ? nil : bits)
    }
    // Without it, an old compiler's bit-field is an integer with fewer bits than its size, and an offset of its own.
    guard let integer = self.record(resolved(type)), integer.kind == .integer else { return (type, Int(offset), nil) }
    let encoding = word(at: integer.entries)
    let bits = Int(encoding & 0xff)
    return bits == Int(integer.word) * 8
      ? (type, Int(offset), nil) : (type, Int(offset) + Int(encoding >> 16 & 0xff), bits)
  }

  /// Where a path leads from the beginning of a structure or union: `__sk_common.skc_family`, `saddr.in6_u.u6_addr8[3]`.
  /// Anonymous structures and unions on the way need no step of their own; pointers are not followed.
  package func place(in type: TypeID, path: String) throws(BTFError) -> Place {
    var place = Place(byteOffset: 0, size: size(of: type) ?? 0, signed: false, type: type, bits: nil)
    var walked = describe(type)
    for step in try Step.parse(path) {
      switch step {
      case .member(let name): place = try enter(name, of: place, walked)
      case .index(let index): place = try element(index, of: place, walked)
      }
      walked += step.text
    }
    return place
  }

  /// The same for a structure or union by name; typedefs count where no structure has the name.
  package func member(of name: String, path: String) throws(BTFError) -> Place {
    guard let type = find(name, [.structure]) ?? find(name, [.union]) ?? find(name, [.typedef]) else {
      throw .noSuchType(name, nearest: nearest(to: name, among: all(.structure).map(\.name)))
    }
    return try place(in: type, path: path)
  }

  private func enter(_ name: String, of place: Place, _ walked: String) throws(BTFError) -> Place {
    let target = resolved(place.type)
    guard kind(of: target).isStructureOrUnion, place.bits == nil else {
      throw .noMembers(of: walked, type: describe(place.type))
    }
    var budget = Self.memberLimit
    guard let found = search([UInt8](name.utf8), in: target, base: 0, depth: 0, &budget) else {
      if budget <= 0 { throw .tooDeep(walked) }
      throw .noSuchMember(name, of: walked, nearest: nearest(to: name, among: memberNames(of: target)))
    }
    let signed = isSigned(found.type)
    let offset = place.byteOffset * 8 + found.bitOffset
    guard let bits = found.bitCount else {
      return Place(
        byteOffset: offset / 8, size: size(of: found.type) ?? 0, signed: signed, type: found.type, bits: nil)
    }
    // The unit that C reads: as large as the declared type and aligned to it. Packed structures may need a larger one.
    var unit = max(1, size(of: found.type) ?? 1)
    while unit < 8, offset % (unit * 8) + bits > unit * 8 { unit *= 2 }
    guard (1...8).contains(unit), unit & (unit - 1) == 0, offset % (unit * 8) + bits <= unit * 8 else {
      throw .badBitField(walked + "." + name, bits: bits)
    }
    return Place(
      byteOffset: offset / (unit * 8) * unit, size: unit, signed: signed, type: found.type,
      bits: Place.BitField(shift: offset % (unit * 8), count: bits))
  }

  /// The names that a path may go on with, those of anonymous members too, as far as a hint needs them.
  private func memberNames(of type: TypeID) -> [String] {
    var names: [String] = []
    var waiting = [type]
    for _ in 0..<64 {
      guard let type = waiting.popLast(), names.count < 4096 else { break }
      for member in members(of: type) {
        if member.name.isEmpty { waiting.append(resolved(member.type)) } else { names.append(member.name) }
      }
    }
    return names
  }

  private func element(_ index: Int, of place: Place, _ walked: String) throws(BTFError) -> Place {
    guard case .array(let element, let count) = self[resolved(place.type)], let size = size(of: element) else {
      throw .noMembers(of: walked, type: describe(place.type))
    }
    // A flexible array has no elements of its own: what is there the structure says elsewhere.
    guard index < count || count == 0 else { throw .indexOutside(index, of: walked, count: count) }
    let (step, overflow) = index.multipliedReportingOverflow(by: size)
    guard !overflow, step <= Int(Int32.max) else { throw .indexOutside(index, of: walked, count: count) }
    return Place(
      byteOffset: place.byteOffset + step, size: size, signed: isSigned(element), type: element, bits: nil)
  }

  /// The type is a signed integer or enumeration, behind what names and qualifies it.
  package func isSigned(_ id: TypeID) -> Bool {
    switch self[resolved(id)] {
    case .integer(let integer): integer.signed
    case .enumeration(_, let signed): signed
    default: false
    }
  }

  /// Members looked at for one step of a path: more than the kernel's largest structure has, with all inside it.
  private static var memberLimit: Int { 10_000 }

  /// The member of that name, in `type` or in the anonymous ones in it.
  private func search(_ name: [UInt8], in type: TypeID, base: Int, depth: Int, _ budget: inout Int) -> (
    type: TypeID, bitOffset: Int, bitCount: Int?
  )? {
    guard depth < 16, let record = record(type), record.kind.isStructureOrUnion else { return nil }
    for index in 0..<record.count {
      budget -= 1
      if budget <= 0 { return nil }
      let offset = Int(word(at: record.entries + index * 12))
      if offset == 0 {
        let (type, start, _) = layout(of: record, at: index)
        if let found = search(name, in: resolved(type), base: base + start, depth: depth + 1, &budget) { return found }
      } else if isText(at: offset, name) {
        let (type, start, count) = layout(of: record, at: index)
        return (type, base + start, count)
      }
    }
    return nil
  }
}

/// One step of a path.
private enum Step {
  case member(String)
  case index(Int)

  var text: String {
    switch self {
    case .member(let name): ".\(name)"
    case .index(let index): "[\(index)]"
    }
  }

  /// `a.b[3]` to its steps.
  static func parse(_ path: String) throws(BTFError) -> [Step] {
    var steps: [Step] = []
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let name = pieces.first, !name.isEmpty else { throw .badPath(path) }
      steps.append(.member(String(name)))
      for piece in pieces.dropFirst() {
        guard piece.hasSuffix("]"), let index = Int(piece.dropLast()), index >= 0 else { throw .badPath(path) }
        steps.append(.index(index))
      }
    }
    return steps
  }
}
