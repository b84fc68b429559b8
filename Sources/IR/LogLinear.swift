// llquantize(): buckets that are linear within each power of a factor, as Oracle's dtrace lays them out (it counts negative
// values too, which Solaris' does not):
//
//     0                  at or below -(factor ^ (high + 1))
//     1 ..< zero         the negative ones, mirrored
//     zero               nearer to 0 than factor ^ low
//     zero + 1 ...       for each magnitude low ... high: steps - steps / factor buckets
//     the last           at or above factor ^ (high + 1)
//
// A magnitude m spans factor ^ m ..< factor ^ (m + 1) and is cut in `steps`, of which the first steps / factor lie below it.

extension Aggregation.Function {
  /// Buckets of one magnitude.
  package static func logLinearSpan(factor: Int64, steps: Int64) -> Int { Int(steps - steps / factor) }

  /// The bucket of the values about 0, in the middle.
  package static func logLinearZeroBucket(factor: Int64, low: Int64, high: Int64, steps: Int64) -> Int {
    1 + Int(high - low + 1) * logLinearSpan(factor: factor, steps: steps)
  }

  /// The bucket of a value for `logLinear`. The compiler has seen to it that 1 < factor, 0 <= low <= high, that factor ^ (high + 1)
  /// fits 64 bits, and that `steps` and the powers divide each other.
  package static func logLinearBucket(_ value: Int64, factor: Int64, low: Int64, high: Int64, steps: Int64) -> Int {
    let zero = logLinearZeroBucket(factor: factor, low: low, high: high, steps: steps)
    let span = logLinearSpan(factor: factor, steps: steps)
    let magnitude = value.magnitude
    let factor = UInt64(factor)
    var end: UInt64 = 1
    for _ in 0..<low { end &*= factor }
    if magnitude < end { return zero }

    var distance = Int(high - low + 1) * span + 1
    for order in low...high {
      end &*= factor
      if magnitude < end {
        // At order 0 a step may be less than one.
        let index =
          order == 0 ? magnitude &* UInt64(steps) / end : magnitude / max(1, end / UInt64(steps))
        distance = Int(order - low) * span + Int(index) - Int(steps) / Int(factor) + 1
        break
      }
    }
    return value < 0 ? zero - distance : zero + distance
  }

  /// For each bucket, the value that its row begins with and that stands for it when sums are compared; nil for a
  /// bucket that no value can reach (at order 0, when steps > factor). The first, the middle and the last are the bounds of theirs.
  package static func logLinearBounds(factor: Int64, low: Int64, high: Int64, steps: Int64) -> [Int64?] {
    let zero = logLinearZeroBucket(factor: factor, low: low, high: high, steps: steps)
    var bounds = [Int64?](repeating: nil, count: 2 * zero + 1)
    func set(_ distance: Int, _ value: Int64) {
      guard distance <= zero else { return }
      bounds[zero + distance] = value
      bounds[zero - distance] = 0 &- value
    }
    var power: Int64 = 1
    for _ in 0..<low { power &*= factor }
    set(0, 0)
    set(1, power)
    let below = steps / factor
    var distance = 1
    var order = low
    if low == 0, steps > factor {
      for value in stride(from: Int64(2), through: factor, by: 1) {
        distance += Int(below)
        set(distance, value)
      }
      order += 1
      power &*= factor
    }
    while order <= high {
      let scale = power &* factor / steps
      for step in stride(from: below + 1, through: steps, by: 1) {
        distance += 1
        set(distance, step &* scale)
      }
      order += 1
      power &*= factor
    }
    // The overflow buckets begin where the last magnitude ends.
    set(zero, power)
    return bounds
  }
}
