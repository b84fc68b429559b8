import Bytes
package import Events

/// A thousand frames of the traffic, one behind the other.
package struct Sample: Sendable {
  package let count = 1024
  package let bytes: [UInt8]
  /// Where each frame ends.
  package let ends: [Int]
  package let times: [Instant]

  package init() {
    var traffic = Traffic()
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
