// Types in the Compact C Type Format, version 3 (binutils' include/ctf.h), for `-x ctypes=FILE` and `-x dtypes=FILE`.

extension TypeTable {
  /// C's own types.
  package var ctfOfC: [UInt8] {
    var dictionary = CTFDictionary(self)
    for name in CTFDictionary.baseNames { dictionary.add(named: name) }
    return dictionary.bytes
  }

  /// What D and the program name: typedefs, structures, unions, enumerations, with the types that they are made of.
  package var ctfOfD: [UInt8] {
    var dictionary = CTFDictionary(self)
    for name in allNames where !CTFDictionary.baseNames.contains(name) { dictionary.add(named: name) }
    for index in records.indices { _ = dictionary.reference(to: .record(index)) }
    for index in enumerations.indices { _ = dictionary.reference(to: .enumeration(index)) }
    return dictionary.bytes
  }
}

/// One dictionary: a header, types one behind the other, numbered from 1, and their names.
private struct CTFDictionary {
  static let baseNames = [
    "char", "short", "int", "long", "long long", "signed char", "unsigned char", "unsigned short", "unsigned int",
    "unsigned long", "unsigned long long", "_Bool", "float", "double", "long double",
  ]

  /// CTF_K_*
  private enum Kind: UInt32 {
    case integer = 1, float, pointer, array, function, structure, union, enumeration, forward, typedef
  }

  private let table: TypeTable
  private var entries: [[UInt8]] = []
  private var strings: [UInt8] = [0]
  private var numbers: [DType: UInt32] = [:]
  private var names: [String: UInt32] = [:]

  init(_ table: TypeTable) { self.table = table }

  /// The type of that name under it, unless it has been added.
  mutating func add(named name: String) {
    guard names[name] == nil, !name.contains(" ") || Self.baseNames.contains(name), let type = table.known(name) else {
      return
    }
    switch type {
    case .integer(let integer) where Self.baseNames.contains(name):
      // CTF_INT_SIGNED, CTF_INT_CHAR and CTF_INT_BOOL; the bits stand in the low half.
      let encoding: UInt32 = (integer.signed ? 1 : 0) | (name.hasSuffix("char") ? 2 : 0) | (name == "_Bool" ? 4 : 0)
      names[name] = append(.integer, name, integer.bytes, [encoding << 24 | UInt32(integer.bytes * 8)])
    case .floating(let bytes, _):
      // CTF_FP_SINGLE, CTF_FP_DOUBLE, CTF_FP_LDOUBLE
      names[name] = append(.float, name, bytes, [(bytes == 4 ? 1 : bytes == 8 ? 2 : 6) << 24 | UInt32(bytes * 8)])
    default:
      let target = reference(to: type)
      names[name] = append(.typedef, name, Int(target), [])
    }
  }

  /// The number of a type, which is added if it has none; 0 is void, and what no C type says.
  mutating func reference(to type: DType) -> UInt32 {
    if let known = numbers[type] { return known }
    switch type {
    case .integer(let integer):
      let base =
        Self.baseNames.first { table.known($0) == type && $0 != "_Bool" } ?? (integer.signed ? "int" : "unsigned int")
      add(named: base)
      return names[base] ?? 0
    case .floating(_, let name):
      add(named: name)
      return names[name] ?? 0
    case .string: return array(of: .char, count: table.stringSize, type)
    case .array(let element, let count): return array(of: element, count: count, type)
    case .pointer(let target, _):
      let number = place(type)
      let to = reference(to: target)
      fill(number, .pointer, "", Int(to), [])
      return number
    case .enumeration(let index):
      let number = place(type)
      let values = table.enumerations[index].values.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(1 << 16)
      let words = values.flatMap { [text($0.key), UInt32(truncatingIfNeeded: $0.value)] }
      fill(number, .enumeration, tag(table.enumerations[index].name), 4, words, count: values.count)
      return number
    case .record(let index): return record(index, type)
    case .void, .function, .stack, .symbol, .translated, .translation, .dynamic: return 0
    }
  }

  private mutating func array(of element: DType, count: Int, _ type: DType) -> UInt32 {
    let number = place(type)
    let (contents, index) = (reference(to: element), reference(to: .int))
    fill(number, .array, "", 0, [contents, index, UInt32(clamping: count)])
    return number
  }

  private mutating func record(_ index: Int, _ type: DType) -> UInt32 {
    let record = table.records[index]
    let number = place(type)
    let kind = record.isUnion ? Kind.union : .structure
    guard record.isComplete else {
      fill(number, .forward, tag(record.name), Int(kind.rawValue), [])
      return number
    }
    // A bit-field's type is an integer of its bits, which CTF wants a type of its own for: its unit stands for it here.
    let members = record.members.prefix(1 << 16).map { member in
      [text(member.name), UInt32(clamping: member.bitOffset), reference(to: member.type)]
    }
    fill(number, kind, tag(record.name), record.size, members.flatMap { $0 }, count: members.count)
    return number
  }

  /// `struct tag` without the word.
  private func tag(_ name: String) -> String { name.split(separator: " ").last.map(String.init) ?? "" }

  private mutating func text(_ text: String) -> UInt32 {
    if text.isEmpty { return 0 }
    defer { strings += Array(text.utf8) + [0] }
    return UInt32(strings.count)
  }

  /// A number for a type whose parts may refer to it.
  private mutating func place(_ type: DType) -> UInt32 {
    entries.append([])
    numbers[type] = UInt32(entries.count)
    return UInt32(entries.count)
  }

  private mutating func append(_ kind: Kind, _ name: String, _ size: Int, _ words: [UInt32]) -> UInt32 {
    entries.append([])
    fill(UInt32(entries.count), kind, name, size, words)
    return UInt32(entries.count)
  }

  /// The name, the kind with how many parts there are, the size or the type referred to; then the parts.
  private mutating func fill(
    _ number: UInt32, _ kind: Kind, _ name: String, _ size: Int, _ words: [UInt32], count: Int = 0
  ) {
    let head = [text(name), kind.rawValue << 26 | 1 << 25 | UInt32(count), UInt32(clamping: size)]
    entries[Int(number) - 1] = (head + words).flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
  }

  /// The magic number, the version and flags (CTF_F_NEWFUNCINFO, CTF_F_IDXSORTED), then where each section begins behind the header: only the
  /// types and the names have any bytes.
  var bytes: [UInt8] {
    let types = entries.flatMap { $0 }
    let offsets: [UInt32] =
      [0, 0, 0] + [UInt32](repeating: 0, count: 7) + [UInt32(types.count), UInt32(strings.count)]
    return [0xf2, 0xdf, 4, 6]
      + offsets.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } } + types + strings
  }
}
