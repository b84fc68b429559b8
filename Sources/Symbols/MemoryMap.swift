import Bytes

/// One mapping that code may run in: a line of /proc/PID/maps (proc(5)).
struct Mapping: Sendable, Hashable {
  var start: UInt64
  var end: UInt64
  /// Of `start`, in the file.
  var offset: UInt64
  /// 0 for no file.
  var inode: UInt64
  /// As the kernel wrote it, ` (deleted)` included.
  var path: String

  /// The base name, as dtrace prints it; nil for memory that is nobody's.
  var name: String? {
    if path.isEmpty || path.hasPrefix("[anon") { return nil }
    var name = path[...]
    if inode != 0, name.hasSuffix(" (deleted)") { name = name.dropLast(10) }
    return String(name[(name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex)...])
  }
}

extension Mapping {
  /// The executable mappings of a maps file, in order; lines that make no sense are passed over.
  static func executable(_ maps: [UInt8]) -> [Mapping] {
    maps.split(separator: UInt8(ascii: "\n")).prefix(1 << 16).compactMap { Mapping(line: $0) }
  }

  /// `start-end perms offset device inode   path`; nil when it is not executable.
  private init?(line: ArraySlice<UInt8>) {
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
    guard parts.count >= 5, parts[1].count >= 3, parts[1][parts[1].startIndex + 2] == UInt8(ascii: "x") else {
      return nil
    }
    let range = parts[0].split(separator: UInt8(ascii: "-"), maxSplits: 1)
    guard range.count == 2, let start = number(range[0], radix: 16), let end = number(range[1], radix: 16),
      start < end, let offset = number(parts[2], radix: 16), let inode = number(parts[4], radix: 10)
    else { return nil }
    self.start = start
    self.end = end
    self.offset = offset
    self.inode = inode
    let path = parts.count > 5 ? parts[5].drop { $0 == UInt8(ascii: " ") } : []
    self.path = String(decoding: printable(path), as: UTF8.self)
  }
}

/// A number in the digits of `radix`; nil for anything else.
func number(_ digits: ArraySlice<UInt8>, radix: UInt64) -> UInt64? {
  if digits.isEmpty { return nil }
  var value: UInt64 = 0
  for byte in digits {
    let digit: UInt8
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
    default: return nil
    }
    guard digit < radix else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(by: radix)
    let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
    if overflow || carry { return nil }
    value = sum
  }
  return value
}
