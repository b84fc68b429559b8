import Events

/// How an interface counts time: ticks to nanoseconds (pcapng `if_tsresol` and `if_tsoffset`).
struct Resolution: Sendable, Equatable {
  /// Bit 7 chooses the base, 2 or 10; the others are the negative exponent of a second.
  var code: UInt8 = 6
  /// Seconds to add.
  var offset: Int64 = 0

  /// Milliseconds to the end of time are held as they are; what lies beyond Int64's nanoseconds becomes the nearest
  /// instant.
  @inline(__always)
  func instant(_ ticks: UInt64) -> Instant {
    // The two that nearly every file has, without a division.
    if code == 9, offset == 0, ticks <= UInt64(Int64.max) { return Instant(nanoseconds: Int64(ticks)) }
    if code == 6, offset == 0, ticks <= UInt64(Int64.max) / 1000 {
      return Instant(nanoseconds: Int64(ticks) &* 1000)
    }
    return general(ticks)
  }

  private func general(_ ticks: UInt64) -> Instant {
    let exponent = Int(code & 0x7f)
    var nanoseconds: Int128
    if code & 0x80 != 0 {
      nanoseconds = (Int128(ticks) * 1_000_000_000) >> Int128(exponent)
    } else if exponent <= 9 {
      nanoseconds = Int128(ticks) * Self.power(9 - exponent)
    } else {
      // 10^29 is beyond any 64-bit count of ticks.
      nanoseconds = exponent > 28 ? 0 : Int128(ticks) / Self.power(exponent - 9)
    }
    nanoseconds += Int128(offset) * 1_000_000_000
    return Instant(nanoseconds: Int64(clamping: nanoseconds))
  }

  private static func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { value, _ in value * 10 } }
}
