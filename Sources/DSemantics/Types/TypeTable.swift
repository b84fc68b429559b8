/// The structures, enumerations and names that D text, its libraries and the kernel define.
package struct TypeTable: Sendable {
  package struct Member: Sendable {
    package var name: String
    package var type: DType
    /// From the start of the record.
    package var bitOffset: Int
    /// Set for bit-fields.
    package var bitWidth: Int?
  }
  package struct Record: Sendable {
    /// `struct tag`, `union tag`, or a name made up for one that has none.
    package var name: String
    package var isUnion: Bool
    package var members: [Member]
    package var size: Int
    package var alignment: Int
    package var isComplete: Bool
  }
  package struct Enumeration: Sendable {
    package var name: String
    package var values: [String: Int64]
  }

  package private(set) var records: [Record] = []
  package private(set) var enumerations: [Enumeration] = []
  /// Typedefs, tags (`struct x`) and base types by name.
  private var named: [String: DType]
  /// Enumerators of D text, by name.
  package private(set) var enumerators: [String: (type: DType, value: Int64)] = [:]
  /// The first name that a typedef gave each record.
  package private(set) var aliases: [Int: String] = [:]
  /// Bytes of a `string`: the option strsize.
  package var stringSize = 256
  /// The kernel's types, asked for what is not defined here.
  let kernel: any KernelTypes

  /// - Parameter narrowLongs: `long` has 4 bytes, as in 32-bit programs (`-32`).
  package init(kernel: any KernelTypes, narrowLongs: Bool = false) {
    self.kernel = kernel
    named = Self.baseTypes
    guard narrowLongs else { return }
    for (name, signed) in Self.longTypes { named[name] = .integer(IntegerType(4, signed: signed, name)) }
  }

  /// The type of that name: `uint64_t`, `struct sockaddr_in`, ``vmlinux`u32``. Nil when there is none.
  package mutating func find(_ name: String) -> DType? {
    let plain = name.split(separator: "`").last.map(String.init) ?? name
    if let type = named[plain] { return type }
    guard let shape = kernel.shape(of: plain) else { return nil }
    return adopt(shape, named: plain)
  }

  /// Every name that a type has so far, sorted.
  var allNames: [String] { named.keys.sorted() }

  /// The type of that name as far as it was needed before; never asks the kernel.
  package func known(_ name: String) -> DType? { named[name] }

  /// Gives a type a name; an integer is called by it from then on.
  package mutating func define(_ name: String, as type: DType) {
    if case .integer(var integer) = type {
      integer.name = name
      named[name] = .integer(integer)
    } else {
      named[name] = type
      if case .record(let index) = type, aliases[index] == nil, !name.contains(" ") { aliases[index] = name }
    }
  }

  /// Makes room for a record whose members may point to it.
  package mutating func declareRecord(_ name: String, isUnion: Bool) -> Int {
    records.append(Record(name: name, isUnion: isUnion, members: [], size: 0, alignment: 1, isComplete: false))
    return records.count - 1
  }

  /// Lays the members out as C does: in order, aligned, bit-fields packed into units of their type.
  package mutating func complete(_ record: Int, members: [(name: String, type: DType, bitWidth: Int?)]) {
    var bits = 0
    var alignment = 1
    var size = 0
    var laid: [Member] = []
    for member in members {
      let bytes = self.size(of: member.type) ?? 0
      let align = self.alignment(of: member.type)
      if records[record].isUnion { bits = 0 }
      if let width = member.bitWidth {
        let unit = max(8, bytes * 8)
        if width == 0 || bits / unit != (bits + width - 1) / unit { bits = (bits + unit - 1) / unit * unit }
        laid.append(Member(name: member.name, type: member.type, bitOffset: bits, bitWidth: width))
        bits += width
      } else {
        bits = (bits + align * 8 - 1) / (align * 8) * (align * 8)
        laid.append(Member(name: member.name, type: member.type, bitOffset: bits, bitWidth: nil))
        bits += bytes * 8
      }
      alignment = max(alignment, align)
      size = max(size, (bits + 7) / 8)
    }
    records[record].members = laid
    records[record].alignment = alignment
    records[record].size = (size + alignment - 1) / alignment * alignment
    records[record].isComplete = true
  }

  package mutating func addEnumeration(_ name: String, values: [(String, Int64)]) -> DType {
    enumerations.append(Enumeration(name: name, values: Dictionary(values) { first, _ in first }))
    let type = DType.enumeration(enumerations.count - 1)
    for (label, value) in values { enumerators[label] = (type, value) }
    return type
  }

  /// Bytes of a value; nil where that is unknown (void, functions, incomplete records).
  package func size(of type: DType) -> Int? {
    switch type {
    case .void, .function, .stack, .symbol, .translated, .translation, .dynamic: nil
    case .integer(let integer): integer.bytes
    case .floating(let bytes, _): bytes
    case .string: stringSize
    case .pointer: 8
    case .array(let element, let count): size(of: element).flatMap { size(of: count, each: $0) }
    case .record(let index): records[index].isComplete ? records[index].size : nil
    case .enumeration: 4
    }
  }

  /// Nil where it is more than any memory has, so that sums of sizes stay numbers.
  private func size(of count: Int, each bytes: Int) -> Int? {
    let (size, overflow) = bytes.multipliedReportingOverflow(by: count)
    return overflow || size > 1 << 40 ? nil : size
  }

  package func alignment(of type: DType) -> Int {
    switch type {
    case .array(let element, _): alignment(of: element)
    case .string: 1
    case .record(let index): max(1, records[index].alignment)
    default: max(1, size(of: type) ?? 1)
    }
  }

  /// The member of that name, looked for in members without a name too; its offset is from the start of the record.
  package mutating func member(_ name: String, of record: Int) -> Member? {
    for member in records[record].members {
      if member.name == name { return member }
      if member.name.isEmpty, case .record(let inner) = member.type, var found = self.member(name, of: inner) {
        found.bitOffset += member.bitOffset
        return found
      }
    }
    guard records[record].members.isEmpty, let found = kernel.member(name, of: records[record].name) else { return nil }
    guard let type = adopt(found.shape, named: nil) else { return nil }
    return Member(name: name, type: type, bitOffset: found.bitOffset, bitWidth: found.bitWidth)
  }

  /// A variable or a function of the kernel's: its type and its address.
  package mutating func symbol(_ name: String, module: String) -> (type: DType, address: UInt64)? {
    guard let symbol = kernel.symbol(name, module: module), let type = adopt(symbol.shape, named: nil) else {
      return nil
    }
    return (type, symbol.address)
  }

  /// Takes over a type of the kernel's; records are taken by name and their members looked up when asked for.
  private mutating func adopt(_ shape: KernelShape, named name: String?) -> DType? {
    let type: DType
    switch shape {
    case .void: type = .void
    case .integer(let bytes, let signed, let spelled):
      type = .integer(IntegerType(bytes, signed: signed, name ?? spelled))
    case .floating(let bytes, let spelled): type = .floating(bytes: bytes, name: spelled)
    case .pointer(let target): type = .pointer(adopt(target, named: nil) ?? .void, userland: false)
    case .array(let element, let count): type = .array(adopt(element, named: nil) ?? .char, count: count)
    case .function: type = .function
    case .enumeration(let spelled, let values):
      if let known = named[spelled] { return known }
      type = addEnumeration(spelled, values: values)
      named[spelled] = type
    case .record(let spelled, let isUnion, let size):
      if let known = named[spelled] { return known }
      let index = declareRecord(spelled, isUnion: isUnion)
      records[index].size = size
      records[index].isComplete = true
      type = .record(index)
      named[spelled] = type
    }
    if let name { named[name] = type }
    return type
  }
}

extension TypeTable {
  /// What is as wide as `long`.
  private static let longTypes: KeyValuePairs = [
    "long": true, "unsigned long": false, "ulong_t": false, "size_t": false, "ssize_t": true, "intptr_t": true,
    "uintptr_t": false, "ptrdiff_t": true, "off_t": true, "time_t": true,
  ]

  /// Whether a program may still say otherwise what the name stands for: those of DTrace's libraries (sched.d), which a program that
  /// includes DTrace's own headers declares again, and which are no part of the language.
  func mayBecome(_ name: String) -> Bool {
    ["processorid_t", "psetid_t", "chipid_t", "lgrp_id_t"].contains(name) && named[name] == Self.baseTypes[name]
  }

  /// D's own names (libdtrace `dt_open.c`) and the POSIX ones of its libraries, LP64.
  static let baseTypes: [String: DType] = {
    var types: [String: DType] = ["void": .void, "string": .string]
    for (name, bytes, signed) in [
      ("char", 1, true), ("short", 2, true), ("int", 4, true), ("long", 8, true), ("long long", 8, true),
      ("signed char", 1, true), ("unsigned char", 1, false), ("unsigned short", 2, false), ("unsigned int", 4, false),
      ("unsigned long", 8, false), ("unsigned long long", 8, false), ("_Bool", 1, false),
      ("int8_t", 1, true), ("int16_t", 2, true), ("int32_t", 4, true), ("int64_t", 8, true),
      ("uint8_t", 1, false), ("uint16_t", 2, false), ("uint32_t", 4, false), ("uint64_t", 8, false),
      ("intptr_t", 8, true), ("uintptr_t", 8, false), ("size_t", 8, false), ("ssize_t", 8, true),
      ("uchar_t", 1, false), ("ushort_t", 2, false), ("uint_t", 4, false), ("ulong_t", 8, false),
      ("u_longlong_t", 8, false), ("longlong_t", 8, true), ("ptrdiff_t", 8, true), ("off_t", 8, true),
      ("pid_t", 4, true), ("id_t", 4, true), ("uid_t", 4, false), ("gid_t", 4, false), ("zoneid_t", 4, true),
      ("mode_t", 4, false), ("dev_t", 8, false), ("ino_t", 8, false), ("time_t", 8, true), ("hrtime_t", 8, true),
      ("in_port_t", 2, false), ("in_addr_t", 4, false), ("ipaddr_t", 4, false), ("sa_family_t", 2, false),
      ("processorid_t", 4, true), ("psetid_t", 4, true), ("chipid_t", 4, true), ("lgrp_id_t", 4, true),
      ("boolean_t", 4, true),
    ] {
      types[name] = .integer(IntegerType(bytes, signed: signed, name))
    }
    for (name, bytes) in [("float", 4), ("double", 8), ("long double", 16)] {
      types[name] = .floating(bytes: bytes, name: name)
    }
    types["caddr_t"] = .pointer(.char, userland: false)
    return types
  }()
}
