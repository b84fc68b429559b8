import Foundation
import Support
import Testing

/// `-x evaltime`: where a command of the run stands when its probes are turned on.
@Suite(.live, .enabled(if: Lab.traces && Lab.has("cc"), "needs root, eBPF and cc"))
struct EvaluationTimeTests {
  /// A program whose constructor writes one byte, and whose main() writes two.
  private static let source = """
    #include <unistd.h>
    __attribute__((constructor)) static void before(void) { if (write(1, "c", 1) != 1) _exit(1); }
    int main(void) { return write(1, "mm", 2) == 2 ? 7 : 1; }
    """

  private func program(_ flags: [String], _ source: String = Self.source) throws -> TemporaryFile {
    let text = try TemporaryFile(source.utf8)
    let file = TemporaryFile()
    #expect(try Child(["cc", "-xc", text.path, "-o", file.path] + flags).wait() == .exited(0))
    return file
  }

  private static let told = #"""
    proc:::exec-success /pid == $target/ { printf("exec "); }
    syscall::brk:entry /pid == $target && !self->told/ { self->told = 1; printf("start "); }
    syscall::write:entry /pid == $target/ { printf("%d ", arg2); }
    syscall::exit_group:entry /pid == $target/ { printf("exit %d", arg0); }
    """#

  private static let whole = "exec start 1 2 exit 7"

  @Test(arguments: [
    ([], "exec", whole), ([], "preinit", "1 2 exit 7"), ([], "postinit", "2 exit 7"), ([], "main", "2 exit 7"),
    (["-no-pie", "-s"], "exec", whole), (["-no-pie", "-s"], "main", "2 exit 7"),
    (["-static"], "exec", whole), (["-static"], "preinit", "start 1 2 exit 7"), (["-static"], "postinit", "2 exit 7"),
    // Nothing tells where main() is.
    (["-static", "-s"], "main", "start 1 2 exit 7"),
  ])
  func `a command is seen from its exec, from its first instruction or from main()`(
    flags: [String], time: String, seen: String
  ) throws {
    let program = try program(flags)
    let run = try Run(Self.told, command: program.path, options: ["-x", "evaltime=\(time)", "-o", "/dev/stderr"])
    #expect(run.errors.joined().split(separator: " ").joined(separator: " ") == seen, "\(run.output)")
    #expect(run.output.joined() == "cmm")
  }

  @Test func `without the option it is seen from main() on, by the functions of its libraries too`() throws {
    let program = try program([])
    let text =
      Self.told + #"""
         pid$target:a.out:main:entry { printf("main "); }
         pid$target:libc.so.6:write:entry { printf("write "); }
        """#
    let run = try Run(text, command: program.path, options: ["-o", "/dev/stderr"])
    #expect(run.errors.joined() == "main write 2 exit 7")
  }

  @Test func `the code of a command that has ended has its names, or with noresolve its places`() throws {
    let program = try program([])
    let text = "pid$target:a.out:main:entry { @s[ustack(1)] = count(); @f[ufunc(uregs[R_PC])] = count(); }"
    let name = program.path.split(separator: "/").last.map(String.init) ?? ""
    func lines(_ options: [String]) throws -> [String] {
      let file = TemporaryFile()
      _ = try Run(text, command: program.path, options: options + ["-o", file.path])
      return try file.lines
    }
    let named = try lines([])
    #expect(named.filter { $0.contains("\(name)`main") }.count == 2, "\(named)")
    let placed = try lines(["-x", "noresolve"])
    #expect(placed.filter { $0.contains("\(name):0x") }.count == 2, "\(placed)")
  }

  @Test func `signals on the way to main() come through, and a fork there goes its way`() throws {
    let program = try program(
      [],
      """
      #include <signal.h>
      #include <sys/wait.h>
      #include <unistd.h>
      static volatile int seen;
      static void count(int number) { seen += number == SIGUSR1; }
      __attribute__((constructor)) static void before(void) {
        signal(SIGUSR1, count);
        raise(SIGUSR1);
        if (fork() == 0) _exit(0);
        wait(0);
      }
      int main(void) { raise(SIGUSR1); return seen; }
      """)
    let run = try Run(
      #"proc:::exit /pid == $target/ { printf("%d %d\n", args[0], args[1] >> 8); }"#, command: program.path)
    #expect(run.lines == ["1 2"], "\(run.errors)")
  }

  @Test func `a file that only the shell can read runs all the same, and so does one that nobody can`() throws {
    // Written by another program: who forks while we write would hold it open, and it could not be run.
    let (text, script) = (try TemporaryFile("exit 5\n".utf8), TemporaryFile())
    #expect(try Child(["install", "-m", "755", text.path, script.path]).wait() == .exited(0))
    let run = try Run(#"proc:::exit /pid == $target/ { printf("%d\n", args[1] >> 8); }"#, command: script.path)
    #expect(run.lines == ["5"], "\(run.errors)")
    let (bytes, broken) = (try TemporaryFile("\u{7f}ELF and no more".utf8), TemporaryFile())
    #expect(try Child(["install", "-m", "755", bytes.path, broken.path]).wait() == .exited(0))
    #expect(try Run(#"END { printf("end\n"); }"#, command: broken.path).lines == ["end"])
  }

  @Test func `who ends the run while the command is on its way ends the command`() throws {
    let program = try program(
      [],
      """
      #include <stdio.h>
      #include <unistd.h>
      __attribute__((constructor)) static void before(void) { fprintf(stderr, "%d\\n", getpid()); for (;;) pause(); }
      int main(void) { return 0; }
      """)
    let child = try Child([Lab.program("culprit"), "-q", "-n", "BEGIN { }", "-c", program.path])
    let pid = try child.line { Int($0) != nil }
    child.stop(SIGKILL)
    // What has ended has no program any more.
    #expect(throws: (any Error).self) { try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe") }
  }
}
