import IR
import Testing

@Suite struct AggregationValueTests {
  /// The bounds of every bucket of llquantize(x, 10, 0, 2, 10), from dtrace's own picture of it: 1, 2 … 9, 10, 20 …
  /// 900, 1000.
  @Test func `a log-linear bucket holds the values between its bound and the next`() {
    let bounds: [Int64] = (1...9).flatMap { [$0] } + (1...9).map { $0 * 10 } + (1...9).map { $0 * 100 } + [1000]
    let count = Aggregation.Function.logLinearBucketCount(factor: 10, low: 0, high: 2, steps: 10)
    #expect(count == 2 * 27 + 3)
    let middle = count / 2
    func bucket(_ value: Int64) -> Int {
      Aggregation.Function.logLinearBucket(value, factor: 10, low: 0, high: 2, steps: 10)
    }
    #expect(bucket(0) == middle)
    for (index, bound) in bounds.enumerated() {
      #expect(bucket(bound) == middle + 1 + index)
      #expect(bucket(-bound) == middle - 1 - index)
      #expect(bucket(bound - 1) == middle + index)
    }
    #expect(bucket(.max) == count - 1)
    #expect(bucket(.min) == 0)
  }

  @Test func `a magnitude has fewer buckets than steps, and as few as one`() {
    // factor 10, magnitudes 1 and 2, 5 steps: 10-19, 20-39 … 80-99, 100-199, 200-399 …
    func bucket(_ value: Int64) -> Int {
      Aggregation.Function.logLinearBucket(value, factor: 10, low: 1, high: 2, steps: 5) - 11
    }
    #expect(Aggregation.Function.logLinearBucketCount(factor: 10, low: 1, high: 2, steps: 5) == 23)
    #expect([0, 9, -9].map(bucket) == [0, 0, 0])
    #expect([10, 19, 20, 39, 80, 99, 100, 199, 200, 999, 1000].map(bucket) == [1, 1, 2, 2, 5, 5, 6, 6, 7, 10, 11])
    #expect([-10, -99, -1000].map(bucket) == [-1, -5, -11])
  }

  @Test func `in magnitude 0 there may be more steps than numbers`() {
    // factor 10, 20 steps: 1 2 3 … stand every other bucket.
    func bucket(_ value: Int64) -> Int {
      Aggregation.Function.logLinearBucket(value, factor: 10, low: 0, high: 1, steps: 20) - 37
    }
    #expect([1, 2, 9, 10, 14, 15, 99, 100].map(bucket) == [1, 3, 17, 19, 19, 20, 36, 37])
  }

  @Test func `quantize and lquantize put every value in one bucket`() {
    let values: [Int64] = [.min, -3, -2, -1, 0, 1, 2, 3, 4, .max]
    #expect(values.map(Aggregation.Function.quantizeBucket) == [0, 61, 61, 62, 63, 64, 65, 65, 66, 126])
    let linear = [-1, 0, 9, 10, 95, 99, 100, .max].map {
      Aggregation.Function.linearBucket($0, low: 0, high: 100, step: 10)
    }
    #expect(linear == [0, 1, 1, 2, 10, 10, 11, 11])
  }
}
