import IR

/// One value of an aggregation, to be printed.
struct AggregateValue {
  let function: Aggregation.Function
  /// As `Aggregation.Function.words` says.
  let words: [UInt64]
  /// What normalize() divides by; never 0.
  let normal: Int64

  init(_ function: Aggregation.Function, _ words: [UInt64], normal: Int64 = 1) {
    self.function = function
    // A supplier that gives too few words gives zeros, and what is too many is not looked at.
    let missing = function.words - words.count
    self.words =
      missing == 0 ? words : Array(words.prefix(function.words)) + [UInt64](repeating: 0, count: max(0, missing))
    self.normal = normal == 0 ? 1 : normal
  }

  /// The value of an aggregation that has no entry for a key that another one has: zero, whatever the function.
  init(missing function: Aggregation.Function) {
    var words = [UInt64](repeating: 0, count: function.words)
    // One datum of 0: without any, minimum and maximum would be at their ends.
    if function == .minimum || function == .maximum { words[0] = 1 }
    self.init(function, words)
  }

  var isPicture: Bool {
    switch function {
    case .quantize, .linear, .logLinear: true
    default: false
    }
  }

  /// The value as one number, divided by `normal`; 0 for a picture. Division is signed: dtrace divides a negative sum as if it
  /// were a huge positive one.
  var number: Int64 {
    func word(_ index: Int) -> Int64 { Int64(bitPattern: words[index]) }
    switch function {
    case .count, .sum: return word(0).divided(by: normal)
    case .average: return words[0] == 0 ? 0 : word(1).divided(by: normal).divided(by: word(0))
    // What clear() leaves is the value that any datum replaces.
    case .minimum: return (words[0] == 0 ? Int64.max : word(1)).divided(by: normal)
    case .maximum: return (words[0] == 0 ? Int64.min : word(1)).divided(by: normal)
    case .standardDeviation: return Int64(bitPattern: standardDeviation)
    case .quantize, .linear, .logLinear: return 0
    }
  }

  /// `number` as if there were no normal.
  var plainNumber: Int64 { AggregateValue(function, words).number }

  /// The square root of the average of the squares less the square of the average, each step an integer, as dtrace does it.
  var standardDeviation: UInt64 {
    let (count, sum) = (words[0], Int64(bitPattern: words[1]))
    if count == 0 { return 0 }
    let squares = UInt128(words[3]) << 64 | UInt128(words[2])
    // What each datum was divided by, its square was divided by twice.
    let averageOfSquares = squares / UInt128(normal.magnitude) / UInt128(normal.magnitude) / UInt128(count)
    let average = sum.divided(by: normal).divided(by: Int64(bitPattern: count)).magnitude
    let squareOfAverage = UInt128(average) * UInt128(average)
    return averageOfSquares < squareOfAverage ? 0 : (averageOfSquares - squareOfAverage).squareRoot
  }
}

extension Int64 {
  /// Truncated toward zero; wraps where the quotient does not fit; by 0 gives 0.
  fileprivate func divided(by divisor: Int64) -> Int64 {
    divisor == 0 ? 0 : dividedReportingOverflow(by: divisor).partialValue
  }
}

extension UInt128 {
  /// The greatest number whose square is not greater.
  fileprivate var squareRoot: UInt64 {
    var root: UInt64 = 0
    var bit: UInt64 = 1 << 63
    while bit != 0 {
      let candidate = UInt128(root | bit)
      if candidate * candidate <= self { root |= bit }
      bit >>= 1
    }
    return root
  }
}
