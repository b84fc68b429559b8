import Bytes

extension Renderer {
  /// trace(): texts in 33 columns, numbers in the columns of their width; bare when quiet; bytes as a dump.
  mutating func putTrace(_ slot: Slot, _ bytes: RawSpan, into output: inout [UInt8]) {
    if options.rawBytes { return putRaw(slot, bytes, into: &output) }
    switch slot.kind {
    case .text:
      let range = bytes.text(slot)
      if !options.quiet { output.put(blanks: 2) }
      output.put(bytes, range)
      if !options.quiet { output.put(blanks: 33 - range.count) }
    case .symbol:
      let name = symbol(slot, bytes)
      if !options.quiet { output.put(blanks: 2) }
      output.append(contentsOf: name)
      if !options.quiet { output.put(blanks: 33 - name.count) }
    case .signed, .unsigned:
      let signed = slot.kind == .signed
      let width = options.quiet ? 0 : columns(slot.size, signed: signed)
      if !options.quiet { output.append(UInt8(ascii: " ")) }
      if signed {
        output.put(decimal: bytes.signed(slot), width: width)
      } else {
        output.put(unsigned: bytes.bits(slot), width: width)
      }
    case .bytes: output.put(dump: bytes, slot.offset..<slot.offset + slot.size)
    case .kernelStack, .userStack: putStack(slot, bytes, into: &output)
    case .address(let kind): putSymbol(kind, slot, bytes, into: &output)
    }
  }

  /// Solaris printed in 16, 8, 5 and 3 columns; DTrace for Linux makes room for every value of the type.
  private func columns(_ size: Int, signed: Bool) -> Int {
    switch (options.dialect, size) {
    case (.linux, 8): signed ? 19 : 20
    case (.linux, 4): 10
    case (.solaris, 8): 16
    case (.solaris, 4): 8
    case (_, 2): 5
    default: 3
    }
  }

  /// With `rawbytes`, the bytes whatever they are; a name as the text it would have been.
  private func putRaw(_ slot: Slot, _ bytes: RawSpan, into output: inout [UInt8]) {
    guard slot.kind == .symbol else { return output.put(dump: bytes, slot.offset..<slot.offset + slot.size) }
    let name = symbol(slot, bytes) + [0]
    output.put(dump: RawSpan(_elements: name.span), 0..<name.count)
  }

  /// tracemem(): all the bytes, or as many as its third argument says; a negative one says nothing.
  func putMemory(_ slot: Slot, size: Slot?, _ bytes: RawSpan, into output: inout [UInt8]) {
    var count = slot.size
    if let size {
      let wanted = bytes.integer(size)
      if size.kind == .unsigned ? UInt64(bitPattern: wanted) < UInt64(count) : wanted >= 0 && wanted < Int64(count) {
        count = Int(wanted)
      }
    }
    output.put(dump: bytes, slot.offset..<slot.offset + count)
  }
}
