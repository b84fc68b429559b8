import Support
import Testing

/// The suspects do what they are said to do; what Culprit says of them would mean nothing otherwise.
@Suite(.live, .enabled(if: Lab.isAllowed, "needs root and network namespaces"))
struct SuspectTests {
  @Test(arguments: [[], ["--udp"], ["--ring"], ["--pipe"], ["--ring", "--udp"], ["--ring", "--pipe"]])
  func `each line of srg reaches the collector once, and none is about the log itself`(switches: [String]) throws {
    let lab = try Lab("srg")
    let collector = try lab.collector()
    let srg = try lab.srg(switches)
    try lab.send(5, toPort: 9)
    try srg.line { $0.contains("UDP D=9 ") && srg.output.count { $0.contains("UDP D=9 ") } == 5 }

    #expect(srg.stop() == .exited(0))
    #expect(srg.errors.contains { $0.hasSuffix("and dropped 0") })
    #expect(try lab.lines(srg.output.count, of: collector) == srg.output)
    #expect(!srg.output.contains { $0.contains("=7000") })
  }
}
