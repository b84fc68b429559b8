import Bytes

/// The kernel's symbols, of its text and its data: /proc/kallsyms, sorted.
package struct KernelSymbols: Sendable {
  private var addresses: [UInt64] = []
  private var starts: [UInt32] = []
  private var lengths: [UInt16] = []
  private var modules: [UInt16] = []
  private var names: [UInt8] = []
  private var moduleNames: [String] = ["vmlinux"]

  /// A symbol farther away than this is not the one.
  private static let reach: UInt64 = 1 << 24

  /// How many addresses have a name. 0 when the kernel hides them (kptr_restrict) or there is no /proc.
  package var count: Int { addresses.count }

  package init() {}

  /// Those of the running kernel; none when it will not tell.
  package static func running() -> KernelSymbols {
    do { return KernelSymbols(try FileReader("/proc/kallsyms").readAll(limit: 256 << 20)) } catch {
      return KernelSymbols()
    }
  }

  /// Lines of `address type name`, then a tab and `[module]` for what is not the kernel's own.
  package init(_ text: [UInt8]) {
    var symbols: [(address: UInt64, rank: Int, name: Range<Int>, module: UInt16)] = []
    symbols.reserveCapacity(text.count / 45)
    var index: [ArraySlice<UInt8>: UInt16] = [:]
    var position = 0
    while position < text.count {
      let start = position
      while position < text.count, text[position] != UInt8(ascii: "\n") { position += 1 }
      let line = text[start..<position]
      position += 1
      guard let blank = line.firstIndex(of: UInt8(ascii: " ")), blank + 3 < line.endIndex,
        text[blank + 2] == UInt8(ascii: " "), let address = number(line[..<blank], radix: 16), address >> 63 != 0
      else { continue }
      // Absolute symbols are numbers, not places.
      let type = text[blank + 1]
      if type == UInt8(ascii: "A") || type == UInt8(ascii: "a") { continue }
      let end = line[(blank + 3)...].firstIndex(of: UInt8(ascii: "\t")) ?? line.endIndex
      let name = blank + 3..<end
      guard !name.isEmpty, name.count < 1 << 16 else { continue }
      var module: UInt16 = 0
      if end + 2 < line.endIndex, text[end + 1] == UInt8(ascii: "["), line.last == UInt8(ascii: "]") {
        let words = text[end + 2..<line.endIndex - 1]
        if let known = index[words] {
          module = known
        } else if moduleNames.count < 1 << 15 {
          module = UInt16(moduleNames.count)
          moduleNames.append(String(decoding: printable(words), as: UTF8.self))
          index[words] = module
        }
      }
      symbols.append((address, Self.rank(type, text[name]), name, module))
    }
    symbols.sort {
      if $0.address != $1.address { return $0.address < $1.address }
      if $0.rank != $1.rank { return $0.rank > $1.rank }
      return text[$0.name].lexicographicallyPrecedes(text[$1.name])
    }
    for symbol in symbols where addresses.last != symbol.address {
      addresses.append(symbol.address)
      starts.append(UInt32(clamping: names.count))
      lengths.append(UInt16(symbol.name.count))
      modules.append(symbol.module)
      names += printable(text[symbol.name])
    }
  }

  /// Of names for one address: global before local, and those that begin with an underscore (_stext, __pfx_…) last.
  private static func rank(_ type: UInt8, _ name: ArraySlice<UInt8>) -> Int {
    let global = type >= UInt8(ascii: "A") && type <= UInt8(ascii: "Z")
    return (global ? 1 : 0) + (name.first == UInt8(ascii: "_") ? 0 : 2)
  }

  /// The symbol at or before `address`, the module it is in (`vmlinux` for the kernel's own) and how far into it that is.
  package func find(_ address: UInt64) -> (module: String, name: String, offset: UInt64)? {
    var low = 0
    var high = addresses.count
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] <= address { low = middle + 1 } else { high = middle }
    }
    let index = low - 1
    guard index >= 0, address - addresses[index] < Self.reach else { return nil }
    let start = Int(starts[index])
    let name = String(decoding: names[start..<start + Int(lengths[index])], as: UTF8.self)
    return (moduleNames[Int(modules[index])], name, address - addresses[index])
  }
}
