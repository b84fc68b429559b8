import Support
import Testing

/// What D's libraries make of the kernel's structures, in a real kernel.
@Suite(.live, .enabled(if: Lab.traces, "needs root and eBPF"))
struct TranslatedTests {
  @Test func `getf() gives a descriptor's file, and NULL where there is none`() throws {
    let run = try Run(
      #"""
      syscall::read:entry /pid == $target && fds[arg0].fi_name == "hostname"/
      {
        printf("%s %d %d\n", d_path(&(getf(arg0)->f_path)), getf(-1) == NULL, getf(100000) == NULL);
        exit(0);
      }
      """#, command: "/bin/cat /etc/hostname")
    #expect(run.lines.contains("/etc/hostname 1 1"), "\(run.output) \(run.errors)")
  }

  @Test func `print(*curpsinfo) has what the translator says of the process, and zeros for the rest`() throws {
    let run = try Run(
      "syscall::read:entry /pid == $target/ { print(*curpsinfo); trace(*curpsinfo); exit(0); }",
      command: "/bin/cat /etc/hostname")
    #expect(run.lines.contains("psinfo_t {"), "\(run.errors)")
    #expect(run.lines.contains(#"    char [16] pr_fname = [ "cat" ]"#), "\(run.output)")
    #expect(run.lines.contains(#"    char [80] pr_psargs = [ "/bin/cat /etc/hostname" ]"#), "\(run.output)")
    #expect(run.lines.contains("    int pr_nlwp = 0x1"), "\(run.output)")
    #expect(run.lines.contains("        time_t tv_sec = 0"), "\(run.output)")
    // The bytes that trace() shows.
    #expect(run.lines.contains { $0.hasPrefix("         0:") } && run.lines.contains { $0.contains("/bin/cat") })
  }
}
