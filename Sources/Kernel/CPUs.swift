import CBPF
import Glibc

/// The machine's processors, as sysfs lists them.
package enum CPUs {
  /// Processors that per-CPU maps hold values for; fixed while the machine runs.
  package static let possible: Int = (list("possible").max() ?? 0) + 1

  /// The numbers of the processors that run now; they may change.
  package static var online: [Int] {
    let found = list("online")
    return found.isEmpty ? [0] : found
  }

  /// The first that runs now and that this thread may run on.
  package static var own: Int {
    let online = online
    return online.first { culprit_may_run_on_cpu(UInt32($0)) != 0 } ?? online[0]
  }

  /// Keeps this thread, and what it starts from now on, on one processor.
  /// - Returns: whether there is one of that number.
  package static func stay(on number: Int) -> Bool {
    UInt32(exactly: number).map { culprit_stay_on_cpu($0) == 0 } ?? false
  }

  private static func list(_ name: String) -> [Int] {
    guard let file = try? FileHandle(reading: "/sys/devices/system/cpu/\(name)"),
      let bytes = try? file.readAll(limit: 4096)
    else { return [] }
    return parse(bytes)
  }

  /// More than any Linux is built for.
  private static let limit = 1 << 16

  /// `0-3,5` to its numbers; what is not a number or a range is left out.
  static func parse(_ bytes: [UInt8]) -> [Int] {
    let text = String(decoding: bytes, as: UTF8.self)
    var found: [Int] = []
    for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first >= 0, first <= last, last < limit else { continue }
      found += first...last
    }
    return found
  }
}
