import Bytes

/// The bytes of packets that wait for their owners. Buffers are used again, so that none is allocated per packet.
struct PacketStore: Sendable {
  private var buffers: [[UInt8]] = []
  private var free: [Int] = []

  /// Keeps a copy; the tag gives it back.
  mutating func keep(_ bytes: RawSpan) -> UInt64 {
    let slot: Int
    if let last = free.popLast() {
      slot = last
      buffers[slot].removeAll(keepingCapacity: true)
    } else {
      slot = buffers.count
      buffers.append([])
    }
    buffers[slot].append(copying: bytes)
    return UInt64(slot)
  }

  /// The bytes of a tag that `keep` gave and nobody has forgotten.
  func bytes(_ tag: UInt64) -> [UInt8] { buffers[Int(tag)] }

  mutating func forget(_ tag: UInt64) { free.append(Int(tag)) }
}
