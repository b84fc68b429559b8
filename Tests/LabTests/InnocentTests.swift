import Foundation
import Support
import Testing

/// The innocents do no more than they are said to do.
@Suite(.live, .enabled(if: Lab.isAllowed, "needs root and network namespaces"))
struct InnocentTests {
  @Test(arguments: [[], ["--udp"], ["--udp", "--unconnected"]])
  func `the transmitter's lines arrive, each with its number and the sender's pid`(switches: [String]) throws {
    let lab = try Lab("transmitter")
    let collector = try lab.collector()
    let command = [Lab.program("transmitter")] + switches + ["--rate", "1000", "--count", "20", "10.200.1.2:7000"]
    let transmitter = try Child(command, in: lab.a)
    #expect(transmitter.wait() == .exited(0))
    #expect(try lab.lines(20, of: collector) == (1...20).map { "transmitter PID=\(transmitter.pid) N=\($0)" })
  }

  @Test(arguments: [[], ["--tcp"]])
  func `a control's packets carry its pid, though it is gone as soon as they are sent`(switches: [String]) throws {
    let lab = try Lab("control")
    let collector = try lab.collector()
    let controls = try (1...20).map { _ in
      try Child([Lab.program("control")] + switches + ["c01", "10.200.1.2:7000", "3"], in: lab.a)
    }
    for control in controls { #expect(control.wait() == .exited(0)) }
    let sent = controls.flatMap { control in (1...3).map { "c01 PID=\(control.pid) N=\($0)/3" } }
    #expect(try lab.lines(sent.count, of: collector).sorted() == sent.sorted())
  }

  @Test func `the listener hears datagrams to port 68 and no others`() throws {
    let lab = try Lab("listener")
    let listener = try Child([Lab.program("listener"), lab.a.interface], in: lab.a)
    try listener.line { $0.hasSuffix("waits on vA") }
    try lab.send(3, toPort: 67)
    try lab.send(2, toPort: 68)
    // What came to port 67 came before.
    try listener.line { _ in listener.output.count { $0.hasSuffix("to port 68") } == 2 }
    #expect(listener.output.count == 3)
  }

  @Test func `idle holds no socket`() throws {
    // Other tests of this process open descriptors meanwhile, libpcap's sockets among them, which do not close on exec.
    let closing = "for n in {3..255}; do eval \"exec $n>&-\"; done; exec \"$0\""
    let idle = try Child(["/bin/bash", "-c", closing, Lab.program("idle")])
    try idle.line { $0.hasSuffix("waits") }
    let descriptors = "/proc/\(idle.pid)/fd"
    // The three standard ones are whatever the tests were started with; a shell's may well be sockets.
    let numbers = try FileManager.default.contentsOfDirectory(atPath: descriptors).compactMap { Int($0) }
    let files = try numbers.filter { $0 > 2 }.map {
      try FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\($0)")
    }
    #expect(numbers.count >= 3)
    #expect(!files.contains { $0.hasPrefix("socket:") })
  }
}
