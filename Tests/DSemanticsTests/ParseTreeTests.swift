import DSemantics
import DSyntax
import Probes
import Source
import Testing

/// `-x tree` shows what was read and what the checks made of it, in libdtrace's form.
@Suite struct ParseTreeTests {
  private func trees(_ text: String, _ passes: Int) -> [String] {
    var found = Diagnostics()
    var options = Options()
    options.parseTrees = passes
    let script = parse(SourceText(text, name: "p.d"), macros: MacroValues(), reporting: &found)
    #expect(!found.hasErrors)
    let lines = parseTrees(
      script, catalog: WrongProgramTests.catalog, types: NoKernelTypes(), options: options)
    return lines.split(separator: "\n").map(String.init)
  }

  @Test func `what was read has names without types, and numbers that are computed`() {
    let lines = trees("tick-1s, BEGIN /self->a/ { @[pid] = count(); self->a[1] = -(2 + 3); }", 1)
    #expect(
      lines == [
        "Parse tree (Pass 1):",
        "  PROGRAM attr=[s/s/c]",
        "    CLAUSE attr=[s/s/c]",
        "      PDESC :::tick-1s [0]",
        "      PDESC :::BEGIN [0]",
        "    CTXATTR [i/i/u]",
        "    PREDICATE /",
        "      OP2 -> (type=<-1> attr=[s/s/c] flags=0)",
        "        IDENT self (type=<-1> attr=[s/s/c] flags=0)",
        "        IDENT a (type=<-1> attr=[s/s/c] flags=0)",
        "    /",
        "    ACTION",
        "      D EXPRESSION attr=[s/s/c]",
        "        OP2 = (type=<-1> attr=[s/s/c] flags=0)",
        "          OP2 [ (type=<-1> attr=[s/s/c] flags=0)",
        "            IDENT @ (type=<-1> attr=[s/s/c] flags=0)",
        "            IDENT pid (type=<-1> attr=[s/s/c] flags=0)",
        "          FUNC count (type=<-1> attr=[s/s/c] flags=0)",
        "      D EXPRESSION attr=[s/s/c]",
        "        OP2 = (type=<-1> attr=[s/s/c] flags=0)",
        "          OP2 [ (type=<-1> attr=[s/s/c] flags=0)",
        "            OP2 -> (type=<-1> attr=[s/s/c] flags=0)",
        "              IDENT self (type=<-1> attr=[s/s/c] flags=0)",
        "              IDENT a (type=<-1> attr=[s/s/c] flags=0)",
        "            INT 0x1 (type=<int> attr=[s/s/c] flags=SIGN,COOK)",
        "          INT 0xfffffffffffffffb (type=<int> attr=[s/s/c] flags=SIGN,COOK)",
        "Parse tree (end)",
      ])
  }

  @Test func `checked clauses say what may be written, and what was allocated`() {
    let lines = trees("BEGIN { p = (char *)alloca(8); p[1] = 'x'; a[\"k\"]++; trace(stringof(p)); }", 2)
    #expect(
      lines == [
        "Parse tree (Pass 2):",
        "  CLAUSE attr=[s/s/c]",
        "    PDESC :::BEGIN [0]",
        "  CTXATTR [u/u/c]",
        "  ACTION",
        "    D EXPRESSION attr=[s/s/c]",
        "      OP2 = (type=<char *> attr=[s/s/c] flags=COOK,WRITE,ALLOCA)",
        "        VARIABLE (alloca-assigned) p (type=<char *> attr=[s/s/c] flags=COOK,LVAL,WRITE,ALLOCA)",
        "        OP2 ( (type=<char *> attr=[s/s/c] flags=COOK,ALLOCA)",
        "          TYPE (type=<char *> attr=[s/s/c] flags=COOK)",
        "          FUNC alloca (type=<void *> attr=[s/s/c] flags=COOK,ALLOCA)",
        "            INT 0x8 (type=<int> attr=[s/s/c] flags=SIGN,COOK)",
        "    D EXPRESSION attr=[s/s/c]",
        "      OP2 = (type=<char> attr=[s/s/c] flags=SIGN,COOK,WRITE)",
        "        OP1 * (type=<char> attr=[s/s/c] flags=SIGN,COOK,LVAL,WRITE)",
        "          OP2 + (type=<char *> attr=[s/s/c] flags=COOK,ALLOCA)",
        "            VARIABLE (alloca-assigned) p (type=<char *> attr=[s/s/c] flags=COOK,LVAL,WRITE,ALLOCA)",
        "            INT 0x1 (type=<int> attr=[s/s/c] flags=SIGN,COOK)",
        "        INT 0x78 (type=<int> attr=[s/s/c] flags=SIGN,COOK)",
        "    D EXPRESSION attr=[s/s/c]",
        "      OP1 ++ (type=<int64_t> attr=[s/s/c] flags=SIGN,COOK,WRITE)",
        "        VARIABLE a (type=<int64_t> attr=[s/s/c] flags=SIGN,COOK,LVAL,WRITE)",
        "        [",
        "          STRING \"k\" (type=<string> attr=[s/s/c] flags=COOK,REF,DPTR)",
        "        ]",
        "    D PRODUCER attr=[s/s/c]",
        "      FUNC trace (type=<void> attr=[s/s/c] flags=SIGN,COOK)",
        "        OP1 stringof (type=<string> attr=[s/s/c] flags=COOK,REF)",
        "          VARIABLE (alloca-assigned) p (type=<char *> attr=[s/s/c] flags=COOK,LVAL,WRITE,ALLOCA)",
        "Parse tree (end)",
      ])
  }

  @Test func `each description of a clause has its tree, and the whole program one`() {
    let lines = trees("tick-1s, tick-2s { trace(pid); }\nsyscall::write:entry { trace(copyinstr(arg1)); }", 6)
    #expect(lines.count { $0 == "Parse tree (Pass 2):" } == 3)
    #expect(lines.count { $0 == "Parse tree (Pass 3):" } == 1)
    #expect(
      lines.suffix(5) == [
        "          FUNC copyinstr (type=<string> attr=[s/s/c] flags=COOK,REF)",
        "            VARIABLE arg1 (type=<int64_t> attr=[s/s/c] flags=SIGN,COOK,LVAL)",
        "          ,",
        "            INT 0x100 (type=<int> attr=[s/s/c] flags=SIGN,COOK)",
        "Parse tree (end)",
      ])
  }
}
