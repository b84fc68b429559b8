import Bytes
import Files

/// What a process had mapped for execution when we looked, each mapping with its object. It outlives the process.
struct ProcessImage: Sendable {
  /// When the process began, in clock ticks since the system did (`/proc/PID/stat`, field 22).
  let started: UInt64
  /// In order of address.
  private(set) var mappings: [(mapping: Mapping, object: Int)] = []

  init(started: UInt64) { self.started = started }

  /// Takes what is mapped now; what was there before and is gone stays, where nothing lies over it.
  mutating func update(_ now: [(mapping: Mapping, object: Int)]) {
    let before = mappings
    mappings = now.sorted { $0.mapping.start < $1.mapping.start }
    let gone = before.filter { old in
      guard let last = last(before: old.mapping.end) else { return true }
      return last.mapping.end <= old.mapping.start
    }
    // A process that maps and unmaps for ever does not grow without bound.
    mappings += gone.suffix(max(0, (1 << 16) - now.count))
    mappings.sort { $0.mapping.start < $1.mapping.start }
  }

  /// The last mapping that starts before `address`.
  private func last(before address: UInt64) -> (mapping: Mapping, object: Int)? {
    var low = 0
    var high = mappings.count
    while low < high {
      let middle = (low + high) / 2
      if mappings[middle].mapping.start < address { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? mappings[low - 1] : nil
  }

  /// The mapping that holds `address`.
  func find(_ address: UInt64) -> (mapping: Mapping, object: Int)? {
    guard address < UInt64.max, let last = last(before: address + 1), address < last.mapping.end else { return nil }
    return last
  }
}

/// When the process `pid` began, in clock ticks since the system did; nil when there is none.
func startTicks(_ pid: UInt32) -> UInt64? {
  guard let file = try? FileReader("/proc/\(pid)/stat"), let text = try? file.readAll(limit: 4096) else { return nil }
  return startTicks(stat: text)
}

/// The name, in parentheses, may hold blanks and parentheses: what counts begins after the last of them.
func startTicks(stat text: [UInt8]) -> UInt64? {
  guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
  let fields = text[(end + 1)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  // After the name comes field 3, and the start is field 22.
  return fields.count > 19 ? number(fields[19], radix: 10) : nil
}
