import Bytes
package import Events

/// Frames of the traffic, one behind the other.
package struct Sample: Sendable {
  package let count: Int
  package let bytes: [UInt8]
  /// Where each frame ends.
  package let ends: [Int]
  package let times: [Instant]

  package init(count: Int = 1024) {
    var traffic = Traffic()
    self.init(&traffic, count: count)
  }

  /// The traffic's next frames.
  package init(_ traffic: inout Traffic, count: Int) {
    self.count = count
    var bytes: [UInt8] = []
    var ends: [Int] = []
    var times: [Instant] = []
    for _ in 0..<count {
      times.append(Instant(nanoseconds: Int64(traffic.next()) * 1000))
      bytes += traffic.frame.bytes
      ends.append(bytes.count)
    }
    (self.bytes, self.ends, self.times) = (bytes, ends, times)
  }
}
