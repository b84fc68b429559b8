import Foundation
import Glibc
import Support
import Testing

/// dtrace(1)'s flags and manners, under its name and under culprit's.
@Suite(.live, .enabled(if: Lab.traces, "needs root and eBPF"))
struct FlagTests {
  /// A command where /usr/sbin/dtrace is culprit.
  private func dtrace(_ words: String...) throws -> Run {
    try Run([Lab.program("culprit")] + words, program: Lab.repository + "/Tests/Lab/dtrace.sh")
  }

  @Test func `exit's argument is the exit status, and aggregations are printed first`() throws {
    let run = try Run(["-q", "-n", "BEGIN { @[\"seen\"] = count(); exit(3); }"])
    #expect(run.end == .exited(3))
    #expect(run.lines.count == 1 && run.lines[0].hasPrefix("  seen "))
  }

  @Test(
    arguments: [
      ("ring", 24, "7 8", Child.End.exited(4)), ("fill", 24, "0 1 2", .exited(0)),
      ("switch", 64, "0 1 2 3 4 5 6 7 8", .exited(4)),
    ])
  func `bufpolicy keeps a CPU's last records, or its first until it is full`(
    policy: String, size: Int, printed: String, end: Child.End
  ) throws {
    // Each record is 8 of DTrace's bytes: the enabling's number and an int.
    let clauses = (0..<9).map { "BEGIN { printf(\"%d\\n\", (int)\($0)); }" }.joined()
    let run = try Run(
      [
        "-q", "-x", "bufpolicy=\(policy)", "-x", "bufsize=\(size)", "-n",
        clauses + "BEGIN { exit(4); } END { printf(\"end\"); }",
      ])
    #expect(run.lines.joined(separator: " ") == printed + " end", "\(run.errors)")
    #expect(run.end == end)
  }

  @Test(arguments: [(24, "0 1"), (40, "0 1"), (48, "told 0 1")])
  func `what a ring pushes out is not printed, but its clear(), trunc() and commit() are done`(
    size: Int, printed: String
  ) throws {
    let run = try Run(
      [
        "-q", "-x", "bufpolicy=ring", "-x", "strsize=8", "-x", "bufsize=\(size)", "-n",
        """
        BEGIN { @cleared = sum(7); @cut["x"] = count(); clear(@cleared); trunc(@cut); this->first = speculation(); }
        BEGIN { speculate(this->first); printf("%s\\n", "told"); }
        BEGIN { commit(this->first); }
        BEGIN { printf("%d\\n", 0); }
        BEGIN { printf("%d\\n", 1); }
        BEGIN { exit(4); }
        """,
      ])
    #expect(
      run.lines.joined(separator: " ").split(separator: " ").joined(separator: " ") == printed + " 0", "\(run.errors)")
    #expect(run.end == .exited(4))
  }

  @Test func `dynamic variables that find no room are told by variable, and as dtrace tells them under its name`()
    throws
  {
    // A number's element takes 20 bytes, a string's 280: there is room for 15 and for 1.
    let script = """
      BEGIN { a[1] = 1; b["x"] = 1; b["y"] = 1; b["x"] = 3; self->c["x"] = 1; self->c["y"] = 1; self->c["z"] = 1; }
      BEGIN { trace(b["x"]); exit(0); }
      """
    let told = try Run(["-q", "-x", "dynvarsize=300", "-n", script])
    #expect(told.lines == ["3"])
    #expect(told.errors == ["culprit: 3 dynamic variable drops (1 of b[], 2 of self->c[])"])
    let plain = try dtrace("dtrace", "-q", "-x", "dynvarsize=300", "-n", script)
    #expect(plain.errors == ["dtrace: 3 dynamic variable drops"])
  }

  @Test func `a fill buffer has to have room for END`() throws {
    let run = try Run(["-x", "bufpolicy=fill", "-x", "bufsize=32", "-n", "BEGIN { exit(0); } END { trace(execname); }"])
    #expect(run.end == .exited(2))
    #expect(
      run.errors.last?.hasSuffix("could not enable tracing: END enablings exceed size of principal buffer") == true,
      "\(run.errors)")
  }

  @Test func `system() gets its command's bytes as they are`() throws {
    let run = try Run(["-w", "-q", "-n", #"BEGIN { system("printf '\xc0\xa8' | od -An -tx1"); exit(0); }"#])
    #expect(run.lines == [" c0 a8"])
  }

  @Test func `a quoted command is no shell's: it is $target itself`() throws {
    let run = try Run(
      #"syscall::exit_group:entry /pid == $target/ { printf("%s %d\n", execname, arg0); }"#,
      command: #"perl -e 'exit 3 + 4' -- "a  b" --quoted=c"#)
    #expect(run.lines == ["perl 7"], "\(run.errors)")
  }

  @Test func `Ctrl-C prints the aggregations`() throws {
    let child = try Child([Lab.program("culprit"), "-n", "tick-100hz { @ = count(); }"])
    try child.line { $0.hasSuffix("matched 1 probe") }
    #expect(child.interrupt() == .exited(0))
    #expect(child.output.filter { !$0.isEmpty }.count <= 1)
  }

  @Test func `a reader that goes away ends it in silence`() throws {
    let run = try Run(
      [
        "-c", "\"$0\" -q -n 'tick-1000hz { printf(\"%d\\n\", timestamp); }' | head -n 2; echo ${PIPESTATUS[0]}",
        Lab.program("culprit"),
      ],
      program: "bash")
    #expect(run.output.count == 3 && run.output.last == "0" && run.errors.isEmpty, "\(run.output) \(run.errors)")
  }

  @Test func `-c ends with its command, whose pid is $target; -p with its process`() throws {
    let command = try Run(
      "syscall::exit_group:entry /pid == $target/ { printf(\"%d\\n\", arg0); }", command: "/bin/false")
    #expect(command.end == .exited(0) && command.lines == ["1"])

    let sleeper = try Child(["sleep", "1000"])
    let child = try Child([Lab.program("culprit"), "-p", "\(sleeper.pid)", "-n", "END { printf(\"%d\", $target); }"])
    try child.line { $0.hasSuffix("matched 1 probe") }
    sleeper.stop(SIGKILL)
    #expect(child.wait() == .exited(0))
    #expect(child.output.contains { $0.hasSuffix(" \(sleeper.pid)") })
  }

  @Test func `a script runs as an interpreter's, with its arguments, into a file`() throws {
    let script = try TemporaryFile(
      #"""
      #!/usr/sbin/dtrace -s
      #pragma D option quiet
      BEGIN { printf("%s %s %d\n", $$0, $$1, $2); exit(0); }
      """#.utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    #expect(try dtrace(script.path, "word", "42").lines == ["\(script.path) word 42"])

    let file = try TemporaryFile("before\n".utf8)
    #expect(try Run(["-o", file.path, "-s", script.path, "x", "7"]).output.isEmpty)
    #expect(try file.lines == ["before", "\(script.path) x 7"])
  }

  @Test func `-e only compiles, -l lists, -Z lets a description match nothing, -w is said`() throws {
    let compiled = try dtrace("dtrace", "-e", "-n", "syscall::openat:entry { trace(arg0); }")
    #expect(compiled.end == .exited(0) && compiled.output.isEmpty && compiled.errors.isEmpty)
    let listed = try Run(["-l", "-n", "syscall::openat:entry"])
    #expect(listed.output.count == 2 && listed.output[1].contains(/syscall +vmlinux +openat entry$/))
    #expect(
      try Run(["-lv", "-n", "syscall::openat:entry"]).output.suffix(5) == [
        "\t\targs[0]: int", "\t\targs[1]: const char *", "\t\targs[2]: int", "\t\targs[3]: umode_t", "",
      ])
    let described = try Run(["-lv", "-n", "socket:::send"])
    #expect(
      described.output.dropFirst(2) == [
        "", "\tProbe Description Attributes", "\t\tIdentifier Names: Evolving", "\t\tData Semantics:   Evolving",
        "\t\tDependency Class: ISA", "", "\tArgument Attributes", "\t\tIdentifier Names: Evolving",
        "\t\tData Semantics:   Evolving", "\t\tDependency Class: ISA", "", "\tArgument Types",
        "\t\targs[0]: socketinfo_t *", "\t\targs[1]: int64_t", "\t\targs[2]: int", "",
      ])
    let unmatched = try Run(["-Z", "-n", "syscall::nosuch:entry", "-n", "BEGIN { exit(0); }"])
    #expect(unmatched.end == .exited(0) && unmatched.errors[0].hasSuffix("'syscall::nosuch:entry' matched 0 probes"))
    #expect(
      try dtrace("dtrace", "-w", "-n", "BEGIN { exit(0); }").errors.last == "dtrace: allowing destructive actions")
  }

  @Test func `-l -i lists a number, or those of a range, and nothing of one that goes backwards`() throws {
    let range = try Run(["-l", "-i", "2-4"])
    #expect(range.output.dropFirst().map { $0.split(separator: " ")[0] } == ["2", "3", "4"] && range.errors.isEmpty)
    let backwards = try dtrace("dtrace", "-l", "-i", "4-2")
    #expect(backwards.end == .exited(0) && backwards.output.count == 1)
    #expect(backwards.errors == ["dtrace: failed to match :::-2: No probe matches description"])
    let two = try Run(["-l", "-i", "4", "-i", "2"])
    #expect(two.output.dropFirst().map { $0.split(separator: " ")[0] } == ["4", "2"])
  }

  @Test func `bpflog tells what the verifier says, as far as bpflogsize goes`() throws {
    let whole = try Run(["-q", "-x", "bpflog", "-n", "BEGIN { exit(0); }"])
    #expect(whole.end == .exited(0) && whole.output.filter { !$0.isEmpty }.isEmpty)
    #expect(whole.errors.allSatisfy { $0.hasPrefix("BPF: ") })
    #expect(whole.errors.contains { $0.hasPrefix("BPF: processed ") } && whole.errors.contains { $0.contains(" exit") })

    let cut = try Run(["-q", "-x", "bpflog", "-x", "bpflogsize=256", "-n", "BEGIN { exit(0); }"])
    #expect(cut.end == .exited(0))
    #expect(!cut.errors.isEmpty && cut.errors.allSatisfy { $0.contains("longer than 256 bytes") }, "\(cut.errors)")
    #expect(try Run(["-q", "-x", "bpflog=off", "-n", "BEGIN { exit(0); }"]).errors.isEmpty)
  }

  @Test(.enabled(if: Lab.has("objdump", "objcopy"), "needs binutils"))
  func `ctypes and dtypes are CTF that others read`() throws {
    let (ofC, ofD, object) = (TemporaryFile(), TemporaryFile(), TemporaryFile())
    let text = "struct mine { int a; char b[3]; struct mine *next; }; enum colour { RED, BLUE = 7 }; BEGIN { exit(0); }"
    let run = try Run(["-q", "-x", "ctypes=\(ofC.path)", "-x", "dtypes=\(ofD.path)", "-n", text])
    #expect(run.end == .exited(0), "\(run.errors)")
    func dumped(_ file: TemporaryFile) throws -> [String] {
      #expect(try Child(["objcopy", "--add-section=.ctf=\(file.path)", "/bin/true", object.path]).wait() == .exited(0))
      let dump = try Child(["objdump", "--ctf=.ctf", object.path])
      #expect(dump.wait() == .exited(0) && dump.errors.isEmpty, "\(dump.errors)")
      return dump.output
    }
    let c = try dumped(ofC)
    #expect(c.contains { $0.contains(/unsigned long .*0x8/) } && !c.contains { $0.contains("uint32_t") }, "\(c)")
    let d = try dumped(ofD)
    #expect(d.contains { $0.contains(/struct mine .*0x10/) } && d.contains { $0.contains(/next.*mine/) }, "\(d)")
    #expect(d.contains { $0.contains("uint32_t") && $0.contains("unsigned int") })
    #expect(d.contains { $0.contains("enum colour") } && d.contains { $0.contains("BLUE: 7") })
  }

  @Test func `-S lists built-in variables without a place, and where the kernel's addresses stand`() throws {
    let run = try Run(
      [
        "-S", "-e", "-x", "knodefs", "-x", "linkmode=dynamic", "-n",
        "BEGIN { trace(pid); trace(uregs[0]); trace((string)&`linux_banner); }",
      ])
    let lines = (run.errors + run.output).map { $0.split(separator: " ").map(String.init) }
    let pid = try #require(lines.first { $0.first == "pid" }, "\(run.errors)")
    #expect(pid[2...3] == ["scl", "glb"] && pid[5...] == ["r", "D", "type", "(integer)", "(size", "4)"])
    let registers = try #require(lines.first { $0.first == "uregs" }, "\(run.errors)")
    #expect(registers[2...3] == ["arr", "glb"] && registers[5...] == ["r", "D", "type", "(integer)", "(size", "8)"])
    // The fault that tells of the address does not load it again.
    let rows = lines.filter { $0.first == "R_BPF_INSN_64" }
    #expect(rows.count == 1 && rows.allSatisfy { $0.count == 4 && $0.last == "linux_banner" }, "\(run.errors)")
  }

  @Test func `core ends with a core dump`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("culprit-core-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let words = ["-c", "cd \(folder.path) && exec \"$0\" -q -x core -n 'BEGIN { exit(0); }'", Lab.program("culprit")]
    let run = try Run(words, program: "sh")
    #expect(run.end == .killed(signal: SIGABRT))
    #expect(run.errors == ["culprit: -x core: this is where it ends"])
  }

  @Test func `-32 makes long as wide as in 32-bit programs, for the preprocessor too`() throws {
    let text = """
      #ifdef __SUNW_D_64
      int wide;
      #endif
      struct s { char c; long l; };
      BEGIN { printf("%d %d %d %d", sizeof (long), sizeof (size_t), sizeof (struct s), sizeof (long long)); exit(0); }
      """
    let script = try TemporaryFile(text.utf8)
    #expect(try Run(["-32", "-C", "-q", "-s", script.path]).lines == ["4 4 8 8"])
    #expect(try Run(["-64", "-C", "-q", "-s", script.path]).lines == ["8 8 16 8"])
  }

  // MARK: Bad input: one clear line, the right code

  @Test func `an error in D has its tag, line, column and a caret; dtrace's own form under its name`() throws {
    let script = try TemporaryFile("BEGIN\n{\n  trace(nosuch);\n}\n".utf8)
    let ours = try Run(["-s", script.path])
    #expect(ours.end == .exited(2))
    #expect(
      ours.errors.first?.hasSuffix(":3:9: error: [D_IDENT_UNDEF] failed to resolve nosuch: Unknown variable name")
        == true)
    #expect(ours.errors.dropFirst() == ["    trace(nosuch);", "          ^~~~~~"])

    let theirs = try dtrace("dtrace", "-xerrtags", "-s", script.path)
    #expect(theirs.end == .exited(1))
    #expect(
      theirs.errors == [
        "dtrace: failed to compile script \(script.path): [D_IDENT_UNDEF] line 3: failed to resolve nosuch: Unknown variable name"
      ])
    let typed = try dtrace("dtrace", "-n", "BEGIN /nosuch/ { }")
    #expect(typed.end == .exited(1) && typed.errors.count == 1)
    #expect(
      typed.errors[0].hasPrefix("dtrace: invalid probe specifier BEGIN /nosuch/ { }: in predicate: failed to resolve"))
  }

  @Test(arguments: [
    (["-x", "nosuch", "-n", "BEGIN"], "-x nosuch: Invalid option name", 2, 1),
    (["-s", "/nonexistent.d"], "/nonexistent.d: No such file", 2, 1),
    (["-p", "4194304", "-n", "BEGIN"], "o", 2, 1), (["-p", "x", "-n", "BEGIN"], "invalid pid: x", 2, 1),
    (["-b", "-1", "-n", "BEGIN"], "-b -1: Invalid value for specified option", 2, 1),
    (["-x", "version=99.1", "-n", "BEGIN"], "Requested version is not supported by compiler", 2, 1),
    (["-a", "-n", "BEGIN"], "-a is for tracing from the boot on", 2, 2),
    (["-A", "-n", "BEGIN"], "-A is for tracing from the boot on", 2, 2),
    (["-B", "-n", "BEGIN"], "there is no libdtrace here", 2, 2),
    (["-l", "-V"], "only one of the [-GhlV] options", 2, 2), (["-B", "-l"], "-B not valid", 2, 2),
    (["-c", "/nonexistent", "-n", "BEGIN"], "No such file", 2, 1),
    (["-o", "/nonexistent/file", "-n", "BEGIN"], "/nonexistent/file", 2, 1),
  ])
  func `what is not there is said in one line`(words: [String], what: String, ours: CInt, theirs: CInt) throws {
    for (name, code) in [("culprit", ours), ("dtrace", theirs)] {
      let run =
        name == "dtrace"
        ? try Run([Lab.program("culprit"), name] + words, program: Lab.repository + "/Tests/Lab/dtrace.sh")
        : try Run(words)
      #expect(run.end == .exited(code), "\(name) \(words)")
      #expect(run.output.isEmpty && run.errors.count == 1)
      #expect(
        run.errors.first?.hasPrefix("\(name): ") == true && run.errors.first?.contains(what) == true, "\(run.errors)")
    }
  }

  @Test func `a flag that there is not, and no flag at all, are answered with the usage`() throws {
    let ours = try Run(["-y"])
    #expect(ours.end == .exited(2) && ours.errors == ["culprit: invalid option -- 'y'; try --help"])
    let theirs = try dtrace("dtrace", "-y")
    #expect(theirs.end == .exited(2) && theirs.output.isEmpty)
    #expect(
      theirs.errors[0] == "dtrace: invalid option -- 'y'" && theirs.errors[1].hasPrefix("Usage: dtrace [-32|-64]"))
    let nothing = try dtrace("dtrace")
    #expect(nothing.end == .exited(2) && nothing.errors[0].hasPrefix("Usage: dtrace"))
  }

  @Test func `each program has its own lines, its own shortest description and its own arguments`() throws {
    let second = try dtrace("dtrace", "-e", "-n", "BEGIN", "-f", "nosuch")
    #expect(
      second.errors == ["dtrace: invalid probe specifier nosuch: probe description ::nosuch: does not match any probes"]
    )
    let first = try TemporaryFile("BEGIN { }\n".utf8)
    let script = try TemporaryFile("BEGIN\n{\n  nosuch();\n}\n".utf8)
    let third = try dtrace("dtrace", "-e", "-s", first.path, "-s", script.path)
    #expect(
      third.errors == ["dtrace: failed to compile script \(script.path): line 3: undefined function name: nosuch"])
    let unused = try dtrace("dtrace", "-n", "BEGIN { exit(0); }", "x")
    #expect(unused.errors.first?.hasSuffix("extraneous argument 'x' ($1 is not referenced)") == true)
  }

  @Test func `-C runs the preprocessor, and its lines are the script's`() throws {
    let script = try TemporaryFile("#!/usr/sbin/dtrace -s\n#define ANSWER 42\nBEGIN { trace(ANSWER); exit(0); }\n".utf8)
    let run = try dtrace("dtrace", "-q", "-C", "-s", script.path)
    #expect(run.end == .exited(0) && run.output == ["42"], "\(run.errors)")
    let defined = try TemporaryFile("#ifdef NAME\nBEGIN { trace(NAME); exit(0); }\n#endif\n".utf8)
    #expect(try dtrace("dtrace", "-q", "-C", "-DNAME=7", "-s", defined.path).output == ["7"])
    let wrong = try TemporaryFile("#if 1\nBEGIN { trace(nosuch); }\n#endif\n".utf8)
    #expect(
      try dtrace("dtrace", "-C", "-s", wrong.path).errors == [
        "dtrace: failed to compile script \(wrong.path): line 2: failed to resolve nosuch: Unknown variable name"
      ])
    let open = try TemporaryFile("#if 1\nBEGIN { }\n".utf8)
    #expect(
      try dtrace("dtrace", "-C", "-s", open.path).errors.last
        == "dtrace: failed to compile script \(open.path): Preprocessor failed to process input program")
  }

  @Test(.enabled(if: Lab.has("setpriv"), "needs setpriv"))
  func `without privileges it says which are needed`() throws {
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    let run = try Run(nobody + [Lab.program("culprit"), "-n", "BEGIN { exit(0); }"], program: "setpriv")
    #expect(run.end == .exited(4) && run.errors.count == 1)
    #expect(run.errors.first?.hasPrefix("culprit: additional privileges are required") == true, "\(run.errors)")
  }

  @Test func `without the kernel's types it says so`() throws {
    let hide = "mount -t tmpfs none /sys/kernel/btf && exec \"$0\" -n 'BEGIN { exit(0); }'"
    let run = try Run(["--mount", "sh", "-c", hide, Lab.program("culprit")], program: "unshare")
    #expect(run.end == .exited(4) && run.errors.count == 1)
    #expect(run.errors.first?.hasPrefix("culprit: this kernel's types (BTF) are not readable") == true, "\(run.errors)")
  }
}
