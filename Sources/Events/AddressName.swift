/// What is known of a code address: the object it lies in and, if some symbol covers it, which and how far from its start.
package struct AddressName: Sendable, Hashable {
  /// Base name of the object: `libc.so.6`, `srg`, `vmlinux`, `[vdso]`.
  package var object: String
  package var symbol: String?
  /// Bytes from the start of `symbol`; 0 without one.
  package var offset: UInt64

  package init(object: String, symbol: String? = nil, offset: UInt64 = 0) {
    self.object = object
    self.symbol = symbol
    self.offset = offset
  }
}

/// Gives names to addresses. Implementations look up lazily and may cache, hence `mutating`.
package protocol AddressNaming {
  /// The name of a kernel address, or nil.
  mutating func kernelName(of address: UInt64) -> AddressName?
  /// The name of an address of the process `pid`, living or remembered, or nil.
  mutating func userName(of address: UInt64, in pid: UInt32) -> AddressName?
  /// The object that an address of the process lies in, and how far from the start of its mapping, or nil; no symbol.
  mutating func userPlace(of address: UInt64, in pid: UInt32) -> AddressName?
  /// Looks at a process now, so that its addresses can be named when it has gone. False when there is no such process.
  @discardableResult
  mutating func notice(_ pid: UInt32) -> Bool
}

extension AddressNaming {
  package mutating func userPlace(of address: UInt64, in pid: UInt32) -> AddressName? { nil }
  @discardableResult
  package mutating func notice(_ pid: UInt32) -> Bool { false }
}

/// Names nothing: every address prints as a number.
package struct Nameless: AddressNaming, Sendable {
  package init() {}
  package mutating func kernelName(of address: UInt64) -> AddressName? { nil }
  package mutating func userName(of address: UInt64, in pid: UInt32) -> AddressName? { nil }
}
