/// Values of one kind in the order they were measured; the least of them is the least disturbed.
struct Samples {
  var values: [Double] = []
  var least: Double { values.min() ?? .nan }
  var middle: Double { values.isEmpty ? .nan : values.sorted()[values.count / 2] }
  var isEmpty: Bool { values.isEmpty }
}

/// Prints a heading and its goal.
func heading(_ text: String, goal: String) { print("\(text)\n  goal: \(goal)") }

/// Prints one program's samples: the least, the one in the middle, and how the least compares with ours.
/// - Parameter decimals: of the values.
func report(_ name: String, _ samples: Samples, _ unit: String, decimals: Int = 1, ours: Samples? = nil) {
  guard !samples.isEmpty else { return print("  \(padded(name)) no figure") }
  var line = "  \(padded(name)) \(fixed(samples.least, decimals)) \(unit)"
  line += " (middle of \(samples.values.count): \(fixed(samples.middle, decimals)))"
  if let ours, !ours.isEmpty { line += "; culprit takes \(fixed(ours.least / samples.least, 2)) of it" }
  print(line)
}

/// Says which peer could not be asked.
func missing(_ name: String, _ why: String = "not installed") { print("  \(padded(name)) \(why)") }

private func padded(_ name: String) -> String { name + String(repeating: " ", count: max(0, 34 - name.count)) }

/// A number with so many decimals, without Foundation.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return "-" }
  let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
  let scaled = Int64((value.magnitude * scale).rounded())
  let sign = value < 0 && scaled != 0 ? "-" : ""
  guard decimals > 0 else { return sign + String(scaled) }
  let digits = String(scaled % Int64(scale))
  return sign + String(scaled / Int64(scale)) + "." + String(repeating: "0", count: decimals - digits.count) + digits
}
