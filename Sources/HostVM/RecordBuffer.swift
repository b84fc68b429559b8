// The record of the clause at work, byte for byte as `RecordLayout` says and as the kernel's programs write it.

import Bytes
import IR

struct RecordBuffer: Sendable {
  private var bytes: [UInt8]

  /// `size` is the largest record of the program.
  init(size: Int) { bytes = [UInt8](repeating: 0, count: max(size, RecordLayout.faultSize)) }

  /// Zeros for a record of `size` bytes.
  mutating func begin(_ size: Int) { fill(0, size) }

  private mutating func fill(_ start: Int, _ count: Int) {
    var span = bytes.mutableSpan
    var raw = MutableRawSpan(_elements: &span)
    raw.zero(start, count)
  }

  @inline(__always)
  mutating func store(_ value: UInt64, at offset: Int, _ width: Width) {
    var span = bytes.mutableSpan
    var raw = MutableRawSpan(_elements: &span)
    raw.store(value, at: offset, width)
  }

  /// Marks an item as having happened.
  mutating func mark(_ item: Int) { bytes[RecordLayout.headerSize &+ item / 8] |= 1 &<< UInt8(item & 7) }

  /// The first `capacity` bytes of `source`, the rest of the field zero.
  mutating func store(_ source: RawSpan, at offset: Int, capacity: Int) {
    let count = min(source.byteCount, capacity)
    fill(offset, capacity)
    var span = bytes.mutableSpan
    var raw = MutableRawSpan(_elements: &span)
    var at = 0
    while at &+ 8 <= count {
      raw.storeBytes(
        of: source.littleEndian(UInt64.self, at: at).littleEndian, toByteOffset: offset &+ at, as: UInt64.self)
      at &+= 8
    }
    while at < count {
      raw.storeBytes(of: source.byte(at: at), toByteOffset: offset &+ at, as: UInt8.self)
      at &+= 1
    }
  }

  /// The text and its NUL, the rest of the field zero. A field shorter than the text's register keeps its own NUL.
  mutating func store(_ texts: TextStore, _ text: Int, at offset: Int, capacity: Int) {
    if texts.places[text].isNull {
      store([0, 1], at: offset, capacity: capacity)
      return
    }
    let view = texts.view(text)
    store(view.extracting(0..<min(view.byteCount, capacity &- 1)), at: offset, capacity: capacity)
  }

  /// The first `capacity` bytes of an array, the rest of the field zero.
  mutating func store(_ source: [UInt8], at offset: Int, capacity: Int) {
    store(RawSpan(_elements: source.span), at: offset, capacity: capacity)
  }

  mutating func store(stack: [UInt64], at offset: Int, frames: Int) {
    for frame in 0..<frames {
      store(frame < stack.count ? stack[frame] : 0, at: offset &+ frame &* 8, .double)
    }
  }

  /// Writes the header of a record of the kind.
  mutating func head(_ kind: UInt64, clause: Int, probe: Int, _ firing: Firing) {
    store(kind, at: 0, .word)
    store(UInt64(clause), at: 4, .word)
    store(firing.monotonicTime, at: 8, .double)
    store(UInt64(firing.cpu), at: 16, .word)
    store(UInt64(probe), at: 20, .word)
    store(UInt64(firing.pid), at: 24, .word)
    store(UInt64(firing.tid), at: 28, .word)
  }

  /// Lends the first `size` bytes.
  func lend(_ size: Int, to emit: (RawSpan) -> Void) { emit(RawSpan(_elements: bytes.span.extracting(0..<size))) }

  /// Writes and lends a fault record.
  mutating func emitFault(
    _ fault: Fault, _ address: UInt64, step: Int32, clause: Int, probe: Int, _ firing: Firing,
    to emit: (RawSpan) -> Void
  ) {
    begin(RecordLayout.faultSize)
    head(1, clause: clause, probe: probe, firing)
    store(UInt64(fault.rawValue), at: 32, .word)
    store(UInt64(UInt32(bitPattern: step)), at: 36, .word)
    store(address, at: 40, .double)
    lend(RecordLayout.faultSize, to: emit)
  }
}
