import Files

/// The environment that this program was started with.
func environment() -> [String: String] {
  var values: [String: String] = [:]
  let entries = (try? readFile("/proc/self/environ")) ?? []
  for entry in entries.split(separator: 0) {
    let parts = entry.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { continue }
    values[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts[1], as: UTF8.self)
  }
  return values
}
