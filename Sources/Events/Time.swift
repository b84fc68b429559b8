/// A moment: nanoseconds since 1970-01-01 UTC, as packet captures count time.
@frozen @usableFromInline
package struct Instant: Sendable, Hashable, Comparable, BitwiseCopyable {
  @usableFromInline package var nanoseconds: Int64

  @inlinable package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

  /// Nanoseconds from `earlier` to here.
  @inlinable package func since(_ earlier: Instant) -> Int64 { nanoseconds &- earlier.nanoseconds }
}
