// Loads: from scratch memory here, from any other through the firing's reader. The reader is asked only for addresses
// that are not scratch, so that it stays out of the way of everything else.

import Bytes
import IR

extension Engine {
  /// The integer at the address, nil where it cannot be read.
  mutating func load(_ address: UInt64, _ width: Width, _ space: Space, _ firing: Firing) -> UInt64? {
    let count = Int(width.rawValue)
    if space == .kernel {
      if scratch.holds(address) { return scratch.offset(address, count: count).map { scratch.load($0, width) } }
      if globals.holds(address) { return globals.offset(address, count: count).map { globals.load($0, width) } }
      if locals.holds(address) { return locals.offset(address, count: count).map { locals.load($0, width) } }
    }
    guard read(count, at: address, space, firing) else { return nil }
    return RawSpan(_elements: result.span).integer(at: 0, width)
  }

  /// Reads `count` bytes into `result`; false where not all of them can be read. Scratch memory is read too.
  mutating func read(_ count: Int, at address: UInt64, _ space: Space, _ firing: Firing) -> Bool {
    readSome(count, at: address, space, firing)
    return result.count == count
  }

  private mutating func readSome(_ count: Int, at address: UInt64, _ space: Space, _ firing: Firing) {
    result.removeAll(keepingCapacity: true)
    if space == .kernel, scratch.holds(address) {
      scratch.append(address, atMost: count, to: &result)
    } else if space == .kernel, globals.holds(address) {
      globals.append(address, atMost: count, to: &result)
    } else if space == .kernel, locals.holds(address) {
      locals.append(address, atMost: count, to: &result)
    } else if let memory = firing.memory {
      memory.read(count, at: address, in: space, into: &result)
      if result.count > count { result.removeLast(result.count - count) }
    }
  }

  /// See `Step.loadText`; false faults with `.badAddress`.
  mutating func loadText(
    _ text: Int, _ address: UInt64, limit: UInt64, _ space: Space, _ firing: Firing
  ) -> Bool {
    let most = min(UInt64(texts.places[text].capacity), limit)
    guard most > 0 else {
      texts.clear(text)
      return true
    }
    let count = Int(most) - 1
    // One byte more is read where there is nothing to keep, so that a bad address faults whatever the limit.
    readSome(max(count, 1), at: address, space, firing)
    if space == .kernel,
      scratch.offset(address, count: 0) != nil || globals.offset(address, count: 0) != nil
        || locals.offset(address, count: 0) != nil
    {
      // Behind the program's own memory there are zeros.
      result.append(0)
    }
    guard result.count >= count && !result.isEmpty || result.contains(0) else { return false }
    texts.set(text, result, limit: count)
    return true
  }

  /// See `Step.loadFilled`; false faults with `.badAddress`.
  mutating func loadFilled(
    _ text: Int, _ address: UInt64, size: UInt64, filler: UInt8, _ space: Space, _ firing: Firing
  ) -> Bool {
    let count = Int(min(size, UInt64(texts.places[text].capacity - 1)))
    guard count > 0 else {
      texts.clear(text)
      return true
    }
    if !read(count, at: address, space.owner, firing) {
      if space.faults { return false }
      result = [UInt8](repeating: 0, count: count)
    }
    for index in result.indices where result[index] == 0 { result[index] = filler }
    texts.set(text, result, limit: count)
    return true
  }

  /// See `Step.copyBytes`; the fault and its value, or nil.
  mutating func copyBytes(
    to: UInt64, from: UInt64, size: UInt64, _ space: Space, _ firing: Firing
  ) -> (fault: Fault, value: UInt64)? {
    guard size > 0 else { return nil }
    guard let room = room(at: to) else { return (.badAddress, to) }
    guard size <= UInt64(room) else { return (.badSize, size) }
    if space == .kernel {
      if scratch.holds(from) || locals.holds(from) || globals.holds(from) {
        guard let most = self.room(at: from) else { return (.badAddress, from) }
        guard size <= UInt64(most) else { return (.badSize, size) }
      }
    }
    guard read(Int(size), at: from, space, firing) else { return (.badAddress, from) }
    if let target = scratch.offset(to, count: Int(size)) {
      scratch.copy(result, to: target)
    } else if let target = locals.offset(to, count: Int(size)) {
      locals.copy(result, to: target)
    } else if let target = globals.offset(to, count: Int(size)) {
      globals.copy(result, to: target)
    }
    return nil
  }

  /// How many bytes of the program's own memory may be used from the address on; nil when none.
  private func room(at address: UInt64) -> Int? {
    scratch.room(at: address) ?? locals.room(at: address) ?? globals.room(at: address)
  }

  /// Writes an integer to the program's own memory; false faults with `.badAddress`.
  mutating func store(_ value: UInt64, _ address: UInt64, _ width: Width) -> Bool {
    let count = Int(width.rawValue)
    if let offset = scratch.offset(address, count: count) {
      scratch.store(value, offset, width)
    } else if let offset = locals.offset(address, count: count) {
      locals.store(value, offset, width)
    } else if let offset = globals.offset(address, count: count) {
      globals.store(value, offset, width)
    } else {
      return false
    }
    return true
  }

  /// See `Step.storeText`; false faults with `.badAddress`.
  mutating func storeText(_ text: Int, _ address: UInt64, capacity: Int) -> Bool {
    if let offset = scratch.offset(address, count: capacity) {
      scratch.set(texts, text, at: offset, capacity: capacity)
    } else if let offset = locals.offset(address, count: capacity) {
      locals.set(texts, text, at: offset, capacity: capacity)
    } else if let offset = globals.offset(address, count: capacity) {
      globals.set(texts, text, at: offset, capacity: capacity)
    } else {
      return false
    }
    return true
  }

  /// See `Step.recordBytes`; false faults with `.badAddress`.
  mutating func recordBytes(
    _ offset: Int, _ address: UInt64, size: UInt64, capacity: Int, _ space: Space, _ firing: Firing
  ) -> Bool {
    let count = Int(min(size, UInt64(capacity)))
    guard count == 0 || read(count, at: address, space, firing) else { return false }
    if count == 0 { result.removeAll(keepingCapacity: true) }
    record.store(result, at: offset, capacity: capacity)
    return true
  }

  /// See `Step.addressOfText`; nil faults with `.noScratch`.
  mutating func address(of text: Int) -> UInt64? {
    if texts.places[text].isNull { return 0 }
    guard let address = scratch.allocate(UInt64(texts.places[text].capacity)),
      let offset = scratch.offset(address, count: texts.places[text].capacity)
    else { return nil }
    scratch.copy(texts, text, to: offset)
    return address
  }
}
