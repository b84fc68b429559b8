import IR

/// The bars that stand beside counts: how much a whole bar is, on which side of the line they lie, and what they are drawn with
/// (libdtrace `dt_consume.c`, `dt_print_quantline`).
struct Bars {
  /// What a whole bar stands for is `total / unit`.
  private var total: UInt128 = 0
  private var unit: UInt128 = 1
  private var up = false
  private var down = false
  private let encoding: PrintOptions.Encoding?
  private let isZoomed: Bool

  /// Bars of `counts`. Of distributions (`isRounded` false) the zoomed height has a fraction, of histograms it has none, as in DTrace.
  init(_ counts: some Sequence<Int64>, isRounded: Bool = false, _ options: PrintOptions) {
    encoding = options.encoding
    isZoomed = options.zoomed
    if isZoomed { unit = isRounded ? 1 : Self.fraction }
    for count in counts {
      if count > 0 { up = true }
      if count < 0 { down = true }
      let height = UInt128(count.magnitude)
      if !isZoomed {
        total += height
      } else {
        total = max(total, isRounded ? height * Self.zoom / Self.fraction : height * Self.zoom)
      }
    }
  }

  /// A zoomed picture's longest bar takes 95 % of the columns. The reciprocal is a double in DTrace, and exact here in units of 2^-52.
  private static let zoom = UInt128((1 / 0.95) * 0x1p52)
  private static let fraction: UInt128 = 1 << 52

  /// The columns of a bar: count * columns / total to the nearest, halves up.
  func length(_ count: Int64, columns: Int) -> Int {
    if total == 0 { return 0 }
    return min(columns, Int((2 * UInt128(count.magnitude) * UInt128(columns) * unit + total) / (2 * total)))
  }

  /// Appends a bar, its count divided by `normal`, and the end of the line.
  func put(_ count: Int64, normal: Int64, into output: inout [UInt8]) {
    let bar = UInt8(ascii: "@")
    if up && down {
      let length = length(count, columns: 20)
      let left = count < 0 ? length : 0
      let right = count > 0 ? length : 0
      output.put(blanks: 20 - left)
      output.put(bar, times: left)
      output.append(UInt8(ascii: "|"))
      output.put(bar, times: right)
      output.put(blanks: 20 - right)
    } else if down {
      let length = length(count, columns: 40)
      output.put(blanks: 40 - length)
      output.put(bar, times: length)
      output.append(UInt8(ascii: "|"))
    } else if encoding == .utf8 {
      putBlocks(count, into: &output)
    } else {
      let length = length(count, columns: 40)
      output.append(UInt8(ascii: "|"))
      output.put(bar, times: length)
      output.put(blanks: 40 - length)
    }
    output.append(UInt8(ascii: " "))
    output.put(leftDecimal: count.dividedReportingOverflow(by: normal).partialValue, width: 9)
    output.append(UInt8(ascii: "\n"))
  }

  /// A bar of full blocks (U+2588), and at its end one of U+2589 to U+258F for the eighths that are left.
  private func putBlocks(_ count: Int64, into output: inout [UInt8]) {
    let eighths = total == 0 ? 0 : min(320, Int(8 * 40 * UInt128(count.magnitude) * unit / total))
    output.append(UInt8(ascii: "|"))
    for _ in 0..<eighths / 8 { output.put(scalar: 0x2588) }
    let rest = UInt32(eighths % 8)
    if rest > 0 { output.put(scalar: 0x2590 - rest) }
    output.put(blanks: 40 - (eighths + 7) / 8)
  }

  /// One column of a packed distribution: the count as a mark of that height, U+2581 to U+2588 or ASCII.
  func putPacked(_ count: Int64, into output: inout [UInt8]) {
    if count == 0 { return output.append(UInt8(ascii: " ")) }
    if count < 0 { return output.append(Self.below[length(count, columns: 5)]) }
    let height = length(count, columns: 7)
    if encoding == .ascii { output.append(Self.above[height]) } else { output.put(scalar: 0x2581 + UInt32(height)) }
  }

  private static let above = Array("__xxxxXX".utf8)
  private static let below = Array("vvvvVV".utf8)
}
