import Events
import Synchronization

/// Frames that a feed has named already, `srg'scan+0x40`, behind addresses made up for them: a stack's record has room for addresses
/// only. One that the feed could not name stands for itself.
final class FrameNames: AddressNaming, Sendable {
  private struct Table {
    var numbers: [String: UInt64] = [:]
    var names: [AddressName] = []
  }
  private let table = Mutex(Table())

  /// In the half of the address space that is neither the kernel's nor a process's.
  private static let base: UInt64 = 0x4600_0000_0000_0000
  private static let limit = 1 << 20

  /// The address that stands for the frame.
  func address(of frame: String) -> UInt64 {
    if frame.hasPrefix("0x"), let bare = UInt64(frame.dropFirst(2), radix: 16) { return bare }
    return table.withLock { table in
      if let known = table.numbers[frame] { return Self.base + known }
      guard table.names.count < Self.limit else { return Self.base + UInt64(Self.limit) }
      let number = UInt64(table.names.count)
      table.names.append(AddressName(frame: frame))
      table.numbers[frame] = number
      return Self.base + number
    }
  }

  func kernelName(of address: UInt64) -> AddressName? { nil }

  func userName(of address: UInt64, in pid: UInt32) -> AddressName? {
    guard address >= Self.base else { return nil }
    return table.withLock { table in
      let number = address - Self.base
      return number < UInt64(table.names.count) ? table.names[Int(number)] : nil
    }
  }
}

extension AddressName {
  /// Object, apostrophe, symbol, and `+0x…` where the address is not the symbol's own.
  fileprivate init(frame: String) {
    guard let apostrophe = frame.firstIndex(of: "'") else {
      self.init(object: frame)
      return
    }
    let object = String(frame[..<apostrophe])
    let rest = frame[frame.index(after: apostrophe)...]
    guard let plus = rest.lastIndex(of: "+"), rest[plus...].hasPrefix("+0x"),
      let offset = UInt64(rest[plus...].dropFirst(3), radix: 16)
    else {
      self.init(object: object, symbol: String(rest))
      return
    }
    self.init(object: object, symbol: String(rest[..<plus]), offset: offset)
  }
}
