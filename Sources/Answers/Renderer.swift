import Bytes
import Events
import IR

/// Turns values into text: what every action has in common.
struct Renderer {
  var options: PrintOptions
  /// `Program.symbols`, in UTF-8.
  let symbols: [[UInt8]]
  var names: any AddressNaming
  /// Of each module of the kernel, or of a process, the first address in it that was asked for.
  var modules: [Module: UInt64] = [:]

  struct Module: Hashable {
    var pid: UInt32
    var object: String
  }

  /// The name behind a symbol slot; empty when the index means nothing.
  func symbol(_ slot: Slot, _ bytes: RawSpan) -> [UInt8] {
    let index = bytes.bits(slot)
    return index < UInt64(symbols.count) ? symbols[Int(index)] : []
  }

  /// Prints a format whose slots lie in `bytes`; `values` are what `%@` prints, the last of them again and again.
  mutating func put(_ format: Format, _ bytes: RawSpan, values: [AggregateValue] = [], into output: inout [UInt8]) {
    var next = 0
    for index in format.steps.indices {
      let step = format.steps[index]
      if case .literal(let range) = step.value {
        output.append(contentsOf: format.literals[range])
        continue
      }
      var shape = step.shape
      if let width = step.width { shape.setWidth(bytes.integer(width)) }
      if let precision = step.precision {
        shape.precision = Swift.max(0, Swift.min(Self.int(bytes.integer(precision)), PrintfFormat.widest))
      }
      switch step.value {
      case .literal: break
      case .slot(let slot): put(slot, bytes, step.kind, shape, into: &output)
      case .aggregation:
        guard !values.isEmpty else { continue }
        put(values[next], step.kind, shape, into: &output)
        next = Swift.min(next + 1, values.count - 1)
      }
    }
  }

  /// As C converts to int.
  private static func int(_ value: Int64) -> Int { Int(Int32(truncatingIfNeeded: value)) }

  private mutating func put(
    _ slot: Slot, _ bytes: RawSpan, _ kind: PrintfFormat.Conversion.Kind, _ shape: Shape, into output: inout [UInt8]
  ) {
    switch kind {
    case .text:
      switch slot.kind {
      case .text, .bytes:
        let range = bytes.text(slot)
        output.put(shape) { $0.put(bytes, range) }
      case .symbol:
        let name = symbol(slot, bytes)
        output.put(shape) { $0.append(contentsOf: name) }
      default: break
      }
    case .escapedText:
      output.put(shape) { putEscaped(slot, bytes, into: &$0) }
    case .wideText:
      output.put(shape) { line in
        for offset in stride(from: slot.offset, through: slot.offset + slot.size - 4, by: 4) {
          let scalar = bytes.littleEndian(UInt32.self, at: offset)
          if scalar == 0 { break }
          line.put(scalar: scalar)
        }
      }
    case .userAddress where slot.size >= 16:
      guard let (pid, address) = bytes.userAddress(slot) else { break }
      output.put(shape) { putUserAddress(address, in: pid, into: &$0) }
    case .kernelAddress where slot.isAddress:
      output.put(shape) { putKernelAddress(bytes.bits(slot), into: &$0) }
    case .stack:
      putStack(slot, bytes, shape, into: &output)
    case .floating(let style, let uppercase):
      guard let value = bytes.floating(slot) else { break }
      output.put(floating: value, style: style, uppercase: uppercase, shape)
    default:
      switch slot.kind {
      case .signed: put(bytes.signed(slot), bits: bytes.bits(slot), signed: true, kind, shape, into: &output)
      case .unsigned:
        let bits = bytes.bits(slot)
        put(Int64(bitPattern: bits), bits: bits, signed: false, kind, shape, into: &output)
      default: break
      }
    }
  }

  /// A number: `bits` is zero-extended from its own width, which is what `%x` of a negative char shows.
  mutating func put(
    _ value: Int64, bits: UInt64, signed: Bool, _ kind: PrintfFormat.Conversion.Kind, _ shape: Shape,
    into output: inout [UInt8]
  ) {
    switch kind {
    case .decimal:
      if signed { output.put(signed: value, shape) } else { output.put(unsigned: bits, shape) }
    case .unsigned: output.put(unsigned: bits, shape)
    case .octal: output.put(octal: bits, shape)
    case .hexadecimal(let uppercase): output.put(hexadecimal: bits, uppercase: uppercase, shape)
    case .character:
      var shape = shape
      shape.precision = 0
      output.put(shape) { $0.append(UInt8(truncatingIfNeeded: value)) }
    case .escapedCharacter: output.put(shape) { $0.put(escaped: UInt8(truncatingIfNeeded: value)) }
    case .wideCharacter:
      var shape = shape
      shape.precision = 0
      output.put(shape) { $0.put(scalar: UInt32(truncatingIfNeeded: value)) }
    case .kernelAddress: output.put(shape) { putKernelAddress(bits, into: &$0) }
    case .userAddress: output.put(shape) { putUserAddress(bits, in: options.target, into: &$0) }
    case .time: output.put(shape) { $0.put(time: value) }
    case .mailTime: output.put(shape) { $0.put(mailTime: value) }
    case .text, .escapedText, .wideText, .floating, .stack, .percent: break
    }
  }

  /// `%S`: dtrace escapes the recorded bytes up to the first NUL and shows that NUL too, as `\0`. A D string always ends in
  /// one, so the `\0` is always there; bytes that were recorded without one end bare.
  private func putEscaped(_ slot: Slot, _ bytes: RawSpan, into output: inout [UInt8]) {
    switch slot.kind {
    case .text, .bytes:
      for index in slot.offset..<slot.offset + slot.size {
        let byte = bytes.byte(at: index)
        output.put(escaped: byte)
        if byte == 0 { break }
      }
    case .symbol:
      for byte in symbol(slot, bytes) { output.put(escaped: byte) }
      output.put(escaped: 0)
    default: break
    }
  }
}

extension Shape {
  /// A width that came as an argument; a negative one is left-justified.
  mutating func setWidth(_ value: Int64) {
    let value = Int(Int32(truncatingIfNeeded: value))
    width = Swift.min(abs(value), PrintfFormat.widest)
    if value < 0 {
      flags.insert(.left)
      flags.remove(.zeros)
    }
  }
}

extension RawSpan {
  /// A float, a double or x86's long double, by size.
  fileprivate func floating(_ slot: Slot) -> Floating? {
    switch slot.size {
    case 4: Floating(single: UInt32(bits(slot)))
    case 8: Floating(double: bits(slot))
    case 10..<17:
      Floating(
        extended: littleEndian(UInt64.self, at: slot.offset),
        signAndExponent: littleEndian(UInt16.self, at: slot.offset + 8))
    default: nil
    }
  }
}
