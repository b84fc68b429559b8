import DSemantics
import DSyntax
import Probes
import Source
import Testing

/// What is wrong with a program is said once, where it stands, with DTrace's tag.
@Suite struct WrongProgramTests {
  static let catalog = Catalog([
    dtraceProvider, profileProvider, syscallProvider(solaris: false), procProvider, socketProvider, mibProvider,
  ])

  /// Everything that is found wrong with a text, and the text.
  func complaints(_ text: String, _ options: Options = Options()) -> (Diagnostics, SourceText) {
    let source = SourceText(text, name: "p.d")
    var found = Diagnostics()
    let script = parse(source, macros: MacroValues(arguments: ["p.d"]), reporting: &found)
    if !found.hasErrors {
      _ = compile(
        script, catalog: Self.catalog, types: NoKernelTypes(), options: options, engine: .kernel, reporting: &found)
    }
    return (found, source)
  }

  @Test(arguments: [
    ("BEGIN { print((void)1); }", "D_PRINT_VOID"), ("BEGIN { print(curpsinfo); }", "D_PRINT_DYN"),
    ("BEGIN { @a = count(); print(@a); }", "D_PRINT_AGG"), ("BEGIN { print(1); }", nil),
    ("BEGIN { tracemem(0, 1, 2, 3); }", "D_TRACEMEM_ARGS"), ("BEGIN { tracemem(0); }", nil),
  ])
  func `where illumos has a tag of its own it stands beside Oracle's`(text: String, tag: String?) {
    #expect(complaints(text).0.all.map(\.complaint.otherTag) == [tag])
  }

  @Test func `a commit follows a commit where DTrace for Linux is spoken, and not where Solaris' is`() {
    var solaris = Options()
    solaris.solaris = true
    #expect(complaints("BEGIN { commit(1); commit(2); }").0.all.isEmpty)
    #expect(complaints("BEGIN { commit(1); commit(2); }", solaris).0.all.map(\.complaint.tag) == ["D_COMM_COMM"])
  }

  static let all = Result { try WrongProgram.all() }

  @Test func `the table can be read`() throws { #expect(try Self.all.get().count > 100) }

  @Test(arguments: (try? all.get()) ?? [])
  func `a wrong program is told its tag, its place and its reason`(_ row: WrongProgram) throws {
    let (found, source) = complaints(row.text)
    try #require(found.all.count == 1, "\(found.all.map { $0.rendered(in: source) })")
    let complaint = found.all[0].complaint
    #expect(complaint.tag == row.tag)
    #expect(complaint.text == row.words)
    #expect(complaint.hint == row.hint)
    #expect(
      found.all[0].rendered(in: source).hasPrefix("p.d:\(row.line):\(row.column): error: [\(row.tag)] \(row.words)\n"))
  }

  @Test func `the place is shown under its line, tabs and all`() {
    let (found, source) = complaints("BEGIN\n{\n\tx = 1;\n\ttrace(x + strlne(\"a\"));\n}\n")
    #expect(
      found.all.map { $0.rendered(in: source) } == [
        """
        p.d:4:12: error: [D_FUNC_UNDEF] undefined function name: strlne
          \ttrace(x + strlne("a"));
          \t          ^~~~~~~~~~~
          hint: did you mean strlen?

        """
      ])
  }

  @Test func `each clause's mistakes are told, not only the first`() {
    let (found, _) = complaints(
      """
      BEGIN { trace(nothing); x = 1 / 0; }
      syscall::open:entry /execname/ { trace(strlen(1)); }
      END { @a; }
      """)
    #expect(
      found.all.map(\.complaint.tag) == [
        "D_IDENT_UNDEF", "D_DIV_ZERO", "D_PROTO_ARG", "D_PRED_SCALAR", "D_IDENT_UNDEF",
      ])
  }

  @Test func `what is used for its type only is no mistake`() {
    let (found, _) = complaints("int a[5];\nBEGIN { trace(sizeof (a)); }")
    #expect(found.all.isEmpty)
  }

  @Test func `where a machine has no open, openat is named`() {
    let calls = Provider(
      name: "syscall",
      probes: [Probe(module: "vmlinux", function: "openat", name: "entry", site: .syscall(number: 56, entry: true))])
    let source = SourceText("syscall::open:entry { }", name: "p.d")
    var found = Diagnostics()
    let script = parse(source, macros: MacroValues(), reporting: &found)
    _ = compile(
      script, catalog: Catalog([calls]), types: NoKernelTypes(), options: Options(), engine: .kernel,
      reporting: &found)
    #expect(found.all.map(\.complaint.hint) == ["most programs call openat: use syscall::open*:entry"])
  }
}
