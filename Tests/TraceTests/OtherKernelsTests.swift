import Foundation
import Support
import Testing

/// What programs written for Solaris and Darwin name of their kernels' variables.
@Suite(.live, .serialized, .enabled(if: Lab.traces, "needs root and eBPF"))
struct OtherKernelsTests {
  @Test func `a variable of another kernel is what Linux has in its place`() throws {
    let run = try Run([
      "-qn",
      """
      BEGIN
      {
        printf("%s|%s|%d|%d|", stringof(`ostype), stringof(`utsname.release), `real_ncpus, &`lbolt == &`jiffies);
        printf("%d|%d", *(long *)`dtrace_zero, &`clock == &`do_timer);
        exit(0);
      }
      """,
    ])
    #expect(run.end == .exited(0), "\(run.errors)")
    func said(_ path: String) throws -> String {
      try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let possible = try said("/sys/devices/system/cpu/possible").split { $0 == "-" || $0 == "," }.last.flatMap {
      Int($0)
    }
    let release = try said("/proc/sys/kernel/osrelease")
    let processors = try #require(possible) + 1
    #expect(run.output.first == "Linux|\(release)|\(processors)|1|0|1", "\(run.output) \(run.errors)")
  }

  @Test func `their ticks go on`() throws {
    let run = try Run([
      "-qn", "BEGIN { begun = `lbolt; } tick-100ms /`lbolt > begun/ { exit(0); } tick-60s { exit(1); }",
    ])
    #expect(run.end == .exited(0), "\(run.errors)")
  }
}
