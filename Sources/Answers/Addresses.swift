import Bytes
import Events
import IR

// Addresses as dtrace prints them: object`symbol+0x1c, object`0xaddress, 0xaddress; with `noresolve` object:0xoffset.

extension Renderer {
  /// `%a`, and a frame of stack().
  mutating func putKernelAddress(_ address: UInt64, into output: inout [UInt8]) {
    put(names.kernelName(of: address), address, into: &output)
  }

  /// `%A`, and a frame of ustack(). Without a process there is no name.
  mutating func putUserAddress(_ address: UInt64, in pid: UInt32, into output: inout [UInt8]) {
    if putUserPlace(address, in: pid, into: &output) { return }
    put(pid == 0 ? nil : names.userName(of: address, in: pid), address, into: &output)
  }

  /// Whether addresses are not resolved; then nothing else is printed.
  private mutating func putUserPlace(_ address: UInt64, in pid: UInt32, into output: inout [UInt8]) -> Bool {
    if options.resolvesUserCode { return false }
    if pid != 0, let place = names.userPlace(of: address, in: pid) {
      output.put(place.object)
      output.append(UInt8(ascii: ":"))
      put(place.offset, into: &output)
    } else {
      put(address, into: &output)
    }
    return true
  }

  private func put(_ name: AddressName?, _ address: UInt64, offset: Bool = true, into output: inout [UInt8]) {
    guard let name else { return put(address, into: &output) }
    output.put(name.object)
    output.append(options.separator)
    guard let symbol = name.symbol else { return put(address, into: &output) }
    output.put(symbol)
    if offset, name.offset != 0 {
      output.append(UInt8(ascii: "+"))
      put(name.offset, into: &output)
    }
  }

  private func put(_ address: UInt64, into output: inout [UInt8]) {
    output.put("0x")
    output.put(hexadecimal: address)
  }

  /// sym(), mod(), usym() and so on: two blanks and fifty columns, quiet or not.
  mutating func putSymbol(_ kind: SymbolKind, _ slot: Slot, _ bytes: RawSpan, into output: inout [UInt8]) {
    var shape = Shape()
    shape.flags = .left
    shape.width = 50
    output.put(blanks: 2)
    switch kind {
    case .function, .module, .address:
      let address = bytes.bits(slot)
      let name = names.kernelName(of: address)
      output.put(shape) { put(name, address, kind == .module, kind == .address, into: &$0) }
    case .userFunction, .userModule, .userAddress:
      guard let (pid, address) = bytes.userAddress(slot) else { return }
      output.put(shape) {
        if kind != .userModule, putUserPlace(address, in: pid, into: &$0) { return }
        let name = pid == 0 ? nil : names.userName(of: address, in: pid)
        put(name, address, kind == .userModule, kind == .userAddress, into: &$0)
      }
    }
  }

  private func put(
    _ name: AddressName?, _ address: UInt64, _ objectOnly: Bool, _ offset: Bool, into output: inout [UInt8]
  ) {
    if objectOnly, let name { output.put(name.object) } else { put(name, address, offset: offset, into: &output) }
  }

  /// stack() and ustack(): a newline, then a line a frame, innermost first, until a frame that is 0.
  mutating func putStack(_ slot: Slot, _ bytes: RawSpan, into output: inout [UInt8]) {
    putStack(slot, bytes, indent: options.stackIndent, Shape(), into: &output)
  }

  /// `%k`: the width is each frame's; left-justified, it is the indentation instead.
  mutating func putStack(_ slot: Slot, _ bytes: RawSpan, _ shape: Shape, into output: inout [UInt8]) {
    var shape = shape
    var indent = 0
    if shape.left {
      indent = shape.width
      shape.width = 0
    }
    putStack(slot, bytes, indent: indent, shape, into: &output)
  }

  private mutating func putStack(
    _ slot: Slot, _ bytes: RawSpan, indent: Int, _ shape: Shape, into output: inout [UInt8]
  ) {
    guard slot.kind == .kernelStack || slot.kind == .userStack else { return }
    output.append(UInt8(ascii: "\n"))
    var offset = slot.offset
    let end = slot.offset + slot.size
    var pid: UInt32 = 0
    if slot.kind == .userStack {
      guard slot.size >= 8 else { return }
      pid = UInt32(truncatingIfNeeded: bytes.littleEndian(UInt64.self, at: offset))
      offset += 8
    }
    while offset + 8 <= end {
      let address = bytes.littleEndian(UInt64.self, at: offset)
      if address == 0 { break }
      offset += 8
      output.put(blanks: indent)
      output.put(shape) {
        if slot.kind == .userStack {
          putUserAddress(address, in: pid, into: &$0)
        } else {
          putKernelAddress(address, into: &$0)
        }
      }
      output.append(UInt8(ascii: "\n"))
    }
  }
}
