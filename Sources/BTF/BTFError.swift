/// What is wrong with a kernel's type information, or with a question put to it.
package enum BTFError: Error, Sendable, Hashable {
  /// Fewer bytes than the header, a section or a record says it has.
  case truncated(needed: Int, available: Int)
  /// The first two bytes are not BTF's magic, 0xEB9F, in little-endian order.
  case notBTF(magic: UInt16)
  case unsupportedVersion(UInt8)
  /// The header's sections overlap the end of the bytes or are misaligned.
  case badSection(offset: Int, count: Int, available: Int)
  /// A kind that this reader does not know; its record's size is unknown, so nothing after it can be read.
  case unknownKind(UInt8, type: Int)
  /// A record refers to a type that is not there.
  case danglingType(Int, count: Int)
  /// A record refers to a name outside the strings, or the strings do not end.
  case danglingName(Int, count: Int)
  case noSuchType(String, nearest: String?)
  case noSuchMember(String, of: String, nearest: String?)
  /// A path goes through something that has no members or no elements.
  case noMembers(of: String, type: String)
  /// `[7]` where the array ends before.
  case indexOutside(Int, of: String, count: Int)
  /// The path itself cannot be read.
  case badPath(String)
  /// A bit-field that no load of 8 bytes holds.
  case badBitField(String, bits: Int)
  /// Anonymous structures or modifiers are nested deeper than any compiler writes them, or lead back to themselves.
  case tooDeep(String)

  /// The error in words, one line, no full stop.
  package var text: String {
    switch self {
    case .truncated(let needed, let available): "BTF is cut off: \(needed) bytes needed, \(available) there"
    case .notBTF(let magic): "not BTF: the magic is 0x\(String(magic, radix: 16))"
    case .unsupportedVersion(let version): "BTF of version \(version) is not supported"
    case .badSection(let offset, let count, let available):
      "a BTF section of \(count) bytes at \(offset) does not fit in \(available)"
    case .unknownKind(let kind, let type): "BTF type \(type) is of kind \(kind), which is not known"
    case .danglingType(let type, let count): "BTF refers to type \(type) of \(count)"
    case .danglingName(let name, let count): "BTF refers to a name at \(name) of \(count) bytes"
    case .noSuchType(let name, let nearest): "no type \(name)" + Self.hint(nearest)
    case .noSuchMember(let name, let type, let nearest): "\(type) has no member \(name)" + Self.hint(nearest)
    case .noMembers(let path, let type): "\(path) is \(type), which has no members"
    case .indexOutside(let index, let path, let count): "\(path) has \(count) elements, not \(index)"
    case .badPath(let path): "\(path) is not a member's path"
    case .badBitField(let path, let bits): "\(path) has \(bits) bits that no load holds"
    case .tooDeep(let name): "\(name) is nested too deep"
    }
  }

  private static func hint(_ nearest: String?) -> String { nearest.map { "; did you mean \($0)?" } ?? "" }
}
