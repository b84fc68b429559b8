/// The starts of messages that are not whole: arrays whose room is used again.
struct BufferPool: Sendable {
  /// The most bytes that are kept of one message.
  static let limit = 1 << 16
  /// The most buffers at a time; with more, a message that does not lie whole in its segment is not read.
  static let places = 4096

  private var buffers: [[UInt8]] = []
  private var free: [Int32] = []

  /// Takes a buffer out, to read it or to add to it; `put` must follow.
  mutating func take(_ place: Int32) -> [UInt8] {
    var buffer: [UInt8] = []
    swap(&buffer, &buffers[Int(place)])
    return buffer
  }

  mutating func put(_ buffer: consuming [UInt8], _ place: Int32) { buffers[Int(place)] = buffer }

  /// A place for an empty buffer; nil when there are too many.
  mutating func reserve() -> Int32? {
    if let place = free.popLast() { return place }
    guard buffers.count < Self.places else { return nil }
    buffers.append([])
    return Int32(buffers.count - 1)
  }

  mutating func giveBack(_ place: inout Int32) {
    guard place >= 0 else { return }
    let isSmall = buffers[Int(place)].capacity <= 1 << 14
    buffers[Int(place)].removeAll(keepingCapacity: isSmall)
    free.append(place)
    place = -1
  }
}
