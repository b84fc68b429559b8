import Foundation
import Support
import Testing

/// The seven listings of "Security Forensics Using DTrace" as printed there, but for the pid of a process of 2005, on srg. Those that
/// ask for the name "srg" see every srg on this machine, so of them only what ours must add is asked.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct ListingTests {
  @Test func `the primitive strace shows each call of the process, at its entry and its return`() throws {
    let scene = try Investigation("strace")
    let srg = try scene.start()
    let dtrace = try scene.type("strace.sh", pid: ("510", srg.pid))
    try dtrace.matched()
    try scene.lab.send(3, toPort: 9)
    for call in ["recvfrom", "write", "sendto"] {
      for side in ["entry", "return"] { try dtrace.line { $0.hasSuffix(" \(call):\(side) ") } }
    }
    dtrace.interrupt()
    #expect(dtrace.errors == ["dtrace: description 'syscall:::' matched 764 probes"])
    #expect(dtrace.output.first == "CPU     ID                    FUNCTION:NAME")
    // CPU, probe, function and name: nothing of anybody else's, nothing of another form.
    #expect(dtrace.output.dropFirst().allSatisfy { $0.isEmpty || $0.contains(/^\ +\d+ +\d+ +\w+:(entry|return)\ $/) })
  }

  @Test func `the files that a process opens`() throws {
    let scene = try Investigation("opened")
    let held = try scene.hold()
    let dtrace = try scene.type("opened-files.sh", pid: ("968", held.child.pid))
    try dtrace.matched()
    try held.release()
    try dtrace.line { $0.hasSuffix("/etc/hosts") }
    dtrace.interrupt()
    #expect(dtrace.errors == ["dtrace: description 'syscall::open:entry' matched 2 probes"])
    // The printed format puts no blank between the two.
    let opened = dtrace.output.filter { $0.contains(" open:entry \(scene.suspect)/") }
    for path in ["/etc/ld.so.cache", "/libc.so.6", "/dev/null", "/etc/hosts"] {
      #expect(opened.contains { $0.hasSuffix(path) }, "\(path) among \(opened)")
    }
  }

  @Test func `how often each system call was made`() throws {
    let scene = try Investigation("calls")
    let srg = try scene.lab.srg([])
    let dtrace = try scene.type("system-calls.sh")
    try dtrace.matched()
    try scene.lab.send(5, toPort: 9)
    try srg.line { _ in srg.output.count { $0.contains("UDP D=9 ") } >= 5 }
    dtrace.interrupt()
    #expect(dtrace.errors == ["dtrace: description 'syscall:::entry ' matched 382 probes"])
    var counts: [String: Int] = [:]
    var order: [Int] = []
    for line in dtrace.output where !line.isEmpty {
      let row = try #require(line.wholeMatch(of: /\ \ (\w+) +(\d+)/), "\(line) is no row")
      counts[String(row.1)] = Int(row.2)
      order.append(Int(row.2) ?? 0)
    }
    #expect(order == order.sorted())
    // A line for each packet, each line is written and sent; the alarm is set and called off for each packet.
    #expect((counts["write"] ?? 0) >= 5 && (counts["sendto"] ?? 0) >= 5)
    #expect((counts["setitimer"] ?? 0) >= 10 && (counts["lwp_sigmask"] ?? 0) >= 20 && (counts["pollsys"] ?? 0) >= 5)
  }

  @Test func `the stack of each system call, through the program's own functions`() throws {
    let scene = try Investigation("stack")
    let srg = try scene.lab.srg([])
    let dtrace = try scene.type("user-stack.sh")
    try dtrace.matched()
    try scene.lab.send(1, toPort: 9)
    try srg.line { $0.contains("UDP D=9 ") }
    // The article's stack from the inside out: libc's function, then srg's own ones.
    let wanted = ["libc.so.6'pthread_sigmask+0x", "srg'srg_alarm+0x", "srg'scan+0x", "srg'net_read+0x", "srg'main+0x"]
    func frames(from start: Int) -> Bool {
      let stack = dtrace.output[start...].dropFirst().prefix { !$0.isEmpty }
      return stack.count >= wanted.count && zip(stack, wanted).allSatisfy { $0.hasPrefix("              " + $1) }
    }
    try dtrace.line { _ in
      dtrace.output.indices.contains { dtrace.output[$0].hasSuffix(" lwp_sigmask:entry ") && frames(from: $0) }
    }
    dtrace.interrupt()
    #expect(dtrace.errors == ["dtrace: description 'syscall:::entry' matched 382 probes"])
  }

  @Test func `the IP counters that move show that it transmits`() throws {
    let scene = try Investigation("ip")
    let srg = try scene.lab.srg([])
    let dtrace = try scene.type("ip-counters.sh")
    try dtrace.matched()
    try scene.lab.send(4, toPort: 9)
    try srg.line { _ in srg.output.count { $0.contains("UDP D=9 ") } >= 4 }
    dtrace.interrupt()
    #expect(dtrace.errors.first?.contains(/^dtrace: description 'mib:ip::' matched \d+ probes$/) == true)
    let row = try #require(dtrace.output.compactMap { $0.wholeMatch(of: /\ \ srg +(\d+)/) }.first)
    #expect((Int(row.1) ?? 0) >= 4)
  }

  @Test func `truss.d shows the lines that were sniffed, as srg writes them`() throws {
    let scene = try Investigation("truss")
    let srg = try scene.start()
    let dtrace = try scene.script("truss.d", scene.suspect)
    try dtrace.matched()
    try scene.lab.send(3, toPort: 9)
    try srg.line { _ in srg.output.count { $0.contains("UDP D=9 ") } >= 3 }
    let line = try #require(srg.output.first { $0.contains("UDP D=9 ") }) + "\n"
    let size = line.utf8.count
    let wanted = """
      write(0x1, "\(line.dropLast())\\n\\0", 0x\(String(size, radix: 16, uppercase: true)))\t\t = \(size)
      """
    // The script prints to standard error.
    try dtrace.line { _ in dtrace.errors.count { $0.hasSuffix("write:return \(wanted)") } >= 3 }
    dtrace.interrupt()
  }

  @Test func `wait.d waits for the program and tells who ran it and what it opens`() throws {
    let scene = try Investigation("wait")
    let dtrace = try scene.script("wait.d", scene.suspect)
    try dtrace.line { $0 == "START_TIME             UID   PID  PPID ARGS" }
    let srg = try scene.start()
    try dtrace.line { $0 == "/etc/hosts" }
    dtrace.interrupt()
    let run = try #require(dtrace.output.dropFirst().first)
    #expect(run.contains(/^20\d\d [A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d     0\ /))
    // pr_psargs has 80 bytes, the NUL included.
    let words = "\(scene.program) --config /dev/null vA 10.200.1.2:7000".prefix(79)
    #expect(run.dropFirst(27) == String(format: "%5d %5d ", srg.pid, getpid()) + words)
    for path in ["/etc/ld.so.cache", "/libc.so.6", "/dev/null", "/etc/hosts"] {
      #expect(dtrace.output.contains { $0.hasSuffix(path) }, "\(path) among \(dtrace.output)")
    }
  }
}
