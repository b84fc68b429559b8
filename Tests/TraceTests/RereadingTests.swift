import Foundation
import Support
import Testing

/// What is on a page that a process never touched cannot be read at the entry of its system call, and is read at its return.
@Suite(.live, .enabled(if: Lab.traces, "needs root and eBPF"))
struct RereadingTests {
  /// A file whose second page begins with `path`, for `unread` to map.
  private func file(naming path: String) throws -> TemporaryFile {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return try TemporaryFile([UInt8](repeating: 0, count: page) + path.utf8 + [0])
  }

  private func run(_ text: String, twice: Bool = false, options: [String] = []) throws -> Run {
    let named = try file(naming: "/etc/passwd")
    return try Run(
      text, command: "\(Lab.program("unread")) \(named.path)\(twice ? " --twice" : "")", options: options)
  }

  @Test func `a path that is not there at the entry is read at the return, under the entry's name and time`() throws {
    let run = try run(
      """
      syscall::openat:entry /pid == $target/ { printf("%s %s %d %s\\n", probefunc, probename, timestamp, copyinstr(arg1)); }
      syscall::openat:return /pid == $target/ { printf("%s %s %d\\n", probefunc, probename, timestamp); }
      """, options: ["-v"])
    let opened = try #require(run.lines.firstIndex { $0.hasSuffix(" /etc/passwd") }, "\(run.output) \(run.errors)")
    #expect(run.lines[opened].hasPrefix("openat entry "))
    // The lines are in the order of time: its return comes right behind it.
    #expect(run.lines[opened + 1].hasPrefix("openat return "))
    #expect(run.errors.contains { $0.contains(/^culprit: 1 firing was taken up again/) }, "\(run.errors)")
    #expect(!run.errors.contains { $0.contains("invalid address") })
  }

  @Test func `what an entry keeps for the return is there when the return's clauses run`() throws {
    let run = try run(
      """
      syscall::openat:entry /pid == $target/ { self->path = copyinstr(arg1); self->from = timestamp; }
      syscall::openat:return /self->from/ { printf("%s %d\\n", self->path, timestamp > self->from); self->from = 0; }
      """)
    #expect(run.lines.contains("/etc/passwd 1"), "\(run.output) \(run.errors)")
  }

  @Test func `a predicate may ask for the string`() throws {
    let run = try run(
      #"syscall::openat:entry /pid == $target && copyinstr(arg1) == "/etc/passwd"/ { @[execname] = count(); }"#,
      twice: true)
    // Once it was not there, and once it was.
    #expect(run.lines.count == 1 && run.lines[0].contains(/^\ \ unread +2$/), "\(run.output) \(run.errors)")
  }

  @Test func `the clauses behind it are put off with it, so that they run in their order and once`() throws {
    let run = try run(
      """
      syscall::openat:entry /pid == $target/ { n++; }
      syscall::openat:entry /pid == $target/ { this->path = copyinstr(arg1); }
      syscall::openat:entry /pid == $target/ { printf("%s %d\\n", this->path, n); }
      """)
    #expect(Set(run.lines).count == run.lines.count)
    #expect(run.lines.last == "/etc/passwd \(run.lines.count)", "\(run.output) \(run.errors)")
  }

  @Test func `a clause that has changed something before is told as a fault`() throws {
    let run = try run("syscall::openat:entry /pid == $target/ { n++; trace(copyinstr(arg1)); }")
    #expect(!run.output.joined().contains("/etc/passwd"))
    #expect(run.errors.contains { $0.contains("syscall:vmlinux:openat:entry") && $0.contains("invalid address (0x") })
  }

  @Test func `a call that does not return to where it came from tells its fault at once`() throws {
    let run = try run("syscall::exit_group:entry /pid == $target/ { trace(copyinstr(arg0)); }")
    #expect(
      run.errors.count == 1 && run.errors[0].contains("exit_group:entry): invalid address (0x0)"), "\(run.errors)")
  }

  @Test func `an address that leads nowhere is a fault as ever, told with ERROR's arguments`() throws {
    let run = try run(
      """
      syscall::close:entry /pid == $target/ { trace(copyinstr(0x10)); }
      dtrace:::ERROR { printf("fault %d at %x\\n", arg4, arg5); exit(3); }
      """)
    #expect(run.lines.first == "fault 1 at 10", "\(run.output) \(run.errors)")
    #expect(run.errors.contains { $0.contains("syscall:vmlinux:close:entry") && $0.contains("invalid address (0x10)") })
    #expect(run.end == .exited(3))
  }
}
