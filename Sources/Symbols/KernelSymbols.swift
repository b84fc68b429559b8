import Bytes
import Files

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

  /// A line of the table: where its name lies in the text, and what the name is worth among others of the address.
  private struct Line {
    var address: UInt64
    var start: UInt32
    var length: UInt16
    var module: UInt16
    var rank: UInt8
  }

  /// Lines of `address type name`, then a tab and `[module]` for what is not the kernel's own.
  package init(_ text: [UInt8]) {
    var lines: [Line] = []
    lines.reserveCapacity(text.count / 40)
    var index: [ArraySlice<UInt8>: UInt16] = [:]
    var sorted = true
    var position = 0
    while position < text.count {
      let end = text[position...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
      if let line = line(text, position..<end, &index) {
        if let last = lines.last, last.address > line.address { sorted = false }
        lines.append(line)
      }
      position = end + 1
    }
    // The kernel's own come in order; modules and BPF programs may not.
    if !sorted { lines.sort { $0.address < $1.address } }
    keep(lines, text)
  }

  /// The line at `range`; nil when it is none or its symbol is a number and not a place.
  private mutating func line(_ text: [UInt8], _ range: Range<Int>, _ index: inout [ArraySlice<UInt8>: UInt16]) -> Line?
  {
    // Sixteen digits, a blank, the type, a blank, the name.
    guard range.count > 19, range.upperBound <= UInt32.max, text[range.lowerBound + 16] == UInt8(ascii: " "),
      text[range.lowerBound + 18] == UInt8(ascii: " "),
      let address = number(text[range.lowerBound..<range.lowerBound + 16], radix: 16), address >> 63 != 0
    else { return nil }
    let type = text[range.lowerBound + 17]
    if type == UInt8(ascii: "A") || type == UInt8(ascii: "a") { return nil }
    let start = range.lowerBound + 19
    let end = text[start..<range.upperBound].firstIndex(of: UInt8(ascii: "\t")) ?? range.upperBound
    guard start < end, end - start < 1 << 16 else { return nil }
    var module: UInt16 = 0
    if end + 2 < range.upperBound, text[end + 1] == UInt8(ascii: "["), text[range.upperBound - 1] == UInt8(ascii: "]") {
      let name = text[end + 2..<range.upperBound - 1]
      if let known = index[name] {
        module = known
      } else if moduleNames.count < 1 << 15 {
        module = UInt16(moduleNames.count)
        moduleNames.append(String(decoding: printable(name), as: UTF8.self))
        index[name] = module
      }
    }
    // Of names for one address: global before local, and those that begin with an underscore (_stext, __pfx_…) last.
    let global = type >= UInt8(ascii: "A") && type <= UInt8(ascii: "Z")
    let rank: UInt8 = (global ? 1 : 0) + (text[start] == UInt8(ascii: "_") ? 0 : 2)
    return Line(
      address: address, start: UInt32(start), length: UInt16(end - start), module: module, rank: rank)
  }

  /// Keeps the best name of each address, the first in the alphabet of equally good ones.
  private mutating func keep(_ lines: [Line], _ text: [UInt8]) {
    func name(_ line: Line) -> ArraySlice<UInt8> { text[Int(line.start)..<Int(line.start) + Int(line.length)] }
    addresses.reserveCapacity(lines.count)
    var position = 0
    while position < lines.count {
      var best = lines[position]
      position += 1
      while position < lines.count, lines[position].address == best.address {
        let other = lines[position]
        position += 1
        if other.rank != best.rank ? other.rank > best.rank : name(other).lexicographicallyPrecedes(name(best)) {
          best = other
        }
      }
      addresses.append(best.address)
      starts.append(UInt32(clamping: names.count))
      lengths.append(best.length)
      modules.append(best.module)
      names += name(best)
    }
  }

  /// The addresses from a symbol of the kernel to the next one; nil when there is none of that name.
  package func range(of name: String) -> Range<UInt64>? {
    let wanted = Array(name.utf8)
    for index in addresses.indices.dropLast() where Int(lengths[index]) == wanted.count {
      let start = Int(starts[index])
      if names[start..<start + wanted.count].elementsEqual(wanted) { return addresses[index]..<addresses[index + 1] }
    }
    return nil
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
    let name = printable(names[start..<start + Int(lengths[index])])
    return (moduleNames[Int(modules[index])], String(decoding: name, as: UTF8.self), address - addresses[index])
  }
}
