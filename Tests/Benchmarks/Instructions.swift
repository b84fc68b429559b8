import Glibc

/// Asks callgrind how many instructions a part takes for one more unit of work.
func reportInstructions(_ part: String, each units: Int, of unit: String, atMost most: Double? = nil) throws {
  try reportInstructions(of: Part.program, each: units * 10, unit: unit, atMost: most) { program, isMore in
    Part.command(part, isMore ? "11" : "1", by: program)
  }
}

/// The same of any program: what it takes more for more work.
/// - Parameters:
///   - units: how much more that is.
///   - most: the gate.
///   - command: what is run, by a copy of the program.
func reportInstructions(
  of program: String, each units: Int, unit: String, atMost most: Double? = nil,
  _ command: (_ program: String, _ isMore: Bool) -> [String]
) throws {
  guard installed("valgrind"), installed("objcopy") else { return missing("valgrind, objcopy") }
  // valgrind 3.19 gives up on the debug information of Swift 6.
  let bare = "/tmp/culprit-benchmark-\(getpid())"
  defer { unsafe unlink(bare) }
  guard try Launch.run(["objcopy", "--strip-debug", program, bare]).succeeded else {
    return missing("objcopy", "did not copy")
  }
  func collected(_ isMore: Bool) throws -> Double? {
    let launch = try Launch(
      ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"] + command(bare, isMore))
    var found: Double?
    while let line = launch.line() {
      guard line.contains("Collected") else { continue }
      found = line.split(separator: " ").last.flatMap { Double($0) }
    }
    _ = launch.finish()
    return found
  }
  guard let few = try collected(false), let many = try collected(true) else {
    return missing("valgrind", "did not count")
  }
  Gates.show((many - few) / Double(units), "instructions a \(unit)", decimals: 0, atMost: most)
}
