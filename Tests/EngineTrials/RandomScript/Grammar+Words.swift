// What can be said: every row is one thing of the language. A new function is a new row.
extension DeclarationGroup {
  static let all: [DeclarationGroup] = [
    DeclarationGroup(
      declarations: [
        "int8_t i8;", "uint8_t u8;", "int16_t i16;", "uint16_t u16;", "int i32;", "uint32_t u32;", "int64_t i64;",
        "uint64_t u64;", "char c;",
      ], integers: ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "c"]),
    DeclarationGroup(
      declarations: ["self int spec;", "self int si;", "self uint64_t su;", "self char sc;"],
      integers: ["self->si", "self->su", "self->sc"]),
    DeclarationGroup(
      declarations: ["this int ti;", "this uint16_t th;", "this int64_t tl;"],
      integers: ["this->ti", "this->th", "this->tl"]),
    DeclarationGroup(declarations: ["string s0;", "string s1;"], texts: ["s0", "s1"]),
    DeclarationGroup(declarations: ["self string ss;"], texts: ["self->ss"]),
    DeclarationGroup(declarations: ["this string ts;"], texts: ["this->ts"]),
    DeclarationGroup(
      declarations: [
        "int64_t a0[int64_t];", "int a1[string];", "uint8_t a2[int, string];", "short a3[string, string, char];",
      ],
      integers: ["a0[%i]", "a1[%s]", "a2[(int)%i, %s]", "a3[%s, %s, (char)%i]"]),
    DeclarationGroup(
      declarations: ["string b0[int];", "string b1[string, int];"], texts: ["b0[(int)%i]", "b1[%s, (int)%i]"]),
    DeclarationGroup(
      declarations: ["self int d0[int];", "self string d1[string];"], integers: ["self->d0[(int)%i]"],
      texts: ["self->d1[%s]"]),
    DeclarationGroup(
      declarations: [
        "struct point { int x; char c; short s[3]; uint64_t q; };", "struct point p0;", "this struct point p1;",
      ],
      integers: ["p0.x", "p0.c", "p0.s[%n]", "p0.q", "this->p1.x", "this->p1.q", "this->p1.s[%n]"],
      statements: [
        .init(text: "this->p1 = p0;"), .init(text: "p0 = this->p1;"), .init(text: "trace(p0.x);"),
        .init(text: "print(p0);"),
      ],
      expressions: [.init(text: "(&p0)->x"), .init(text: "*(&p0.q)"), .init(text: "sizeof (p0)", weight: 1)]),
    DeclarationGroup(
      declarations: ["struct bits { int low : 3; unsigned int mid : 7; int high : 22; };", "struct bits f0;"],
      integers: ["f0.low", "f0.mid", "f0.high"]),
    DeclarationGroup(
      declarations: ["union both { int64_t l; char c[8]; short s[4]; };", "union both un;"],
      integers: ["un.l", "un.c[%n]", "un.s[%n]"]),
    DeclarationGroup(
      declarations: ["int ga[4];", "self short sa[4];"], integers: ["ga[%n]", "self->sa[%n]", "ga[%i & 3]"]),
    DeclarationGroup(
      declarations: ["struct point2 { int x; char name[8]; };", "struct point2 st[int];"], integers: ["st[(int)%i].x"]),
    DeclarationGroup(declarations: ["inline int twice[int n] = n + n;"], expressions: [.init(text: "twice[(int)%i]")]),
    DeclarationGroup(
      declarations: ["enum shade { DARK = 3, LIGHT = -4, GREY };"],
      expressions: [.init(text: "DARK"), .init(text: "LIGHT"), .init(text: "(GREY + %i)")]),
  ]
}

extension Grammar {
  static let baseDeclarations = ["int faults;"]

  static let basePlainIntegers: [Template] =
    [
      "0", "1", "(-1)", "2", "3", "7", "10", "16", "63", "64", "127", "128", "255", "256", "32767", "65535",
      "0x7fffffff",
      "0x80000000", "0xffffffff", "0x100000000", "9223372036854775807", "(-9223372036854775807 - 1)",
      "0xffffffffffffffff", "'a'", "'/'", "017", "5ull", "42u",
    ].map { Template(text: $0, weight: 1) }
    + ["arg0", "arg1", "arg2", "arg3", "arg4", "arg5"].map { Template(text: $0, weight: 3, isOfMoment: true) }
    + ["pid", "tid", "timestamp", "uid", "errno"].map { Template(text: $0, weight: 1, isOfMoment: true) }

  static let basePlainTexts: [Template] =
    [
      "\"\"", "\"a\"", "\"/usr//bin/../lib/\"", "\"0x1f\"", "\"-12zz\"", "\"exactly8\"",
      "\"a longer text than the others, by far\"",
      "\"a,b;;c\"", "\"/\"", "\"Ab\\tC\\n\"", "\"{\\\"a\\\": [1, {\\\"b\\\": \\\"x\\\"}]}\"", "\"\\303\\244\\377\"",
      "probefunc",
      "probename", "probeprov", "probemod",
    ].map { Template(text: $0, weight: 2) }
    + [
      Template(text: "execname", isOfMoment: true), Template(text: "copyinstr(0x20000)", isOfMoment: true),
      Template(text: "copyinstr(0x21000)", isOfMoment: true),
      Template(text: "copyinstr(0x20000, %i)", isOfMoment: true),
      Template(text: "stringof(copyinstr(0x21001))", weight: 1, isOfMoment: true),
      Template(text: "copyinstr(%i)", weight: 1, isOfMoment: true, isOfProcess: true),
      Template(text: "stringof(copyin(0x20000, 8))", weight: 1, isOfMoment: true),
    ]

  static let baseIntegers: [Template] =
    ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"].map {
      Template(text: "(%i \($0 == "%" ? "%%" : $0) %i)", weight: 3)
    }
    + ["<", "<=", ">", ">=", "==", "!=", "&&", "||", "^^"].map { Template(text: "(%i \($0) %i)") }
    + ["<", "<=", ">", ">=", "==", "!="].map { Template(text: "(%s \($0) %s)") }
    + [
      "int8_t", "uint8_t", "int16_t", "uint16_t", "int", "uint32_t", "int64_t", "uint64_t", "char", "unsigned long",
      "short", "_Bool",
    ].map { Template(text: "(\($0))%i", weight: 1) }
    + ["=", "+=", "-=", "*=", "/=", "|=", "^=", "&=", "<<=", ">>="].map { Template(text: "(%v \($0) %i)", weight: 1) }
    + [
      "(-%i)", "(~%i)", "(!%i)", "(%i ? %i : %i)", "(%s ? 1 : 0)", "(%v++)", "(--%v)", "(%s != NULL)", "strlen(%s)",
      "index(%s, %s)", "index(%s, %s, %i)", "rindex(%s, %s)", "rindex(%s, %s, %i)", "strtoll(%s)", "strtoll(%s, 16)",
      "strtoll(%s, %i)", "htons((uint16_t)%i)", "htonl((uint32_t)%i)", "htonll(%i)", "ntohs((uint16_t)%i)",
      "ntohl((uint32_t)%i)", "ntohll(%i)", "sizeof (%i)", "sizeof (int)", "getmajor(%i)", "getminor(%i)",
      "(strstr(%s, %s) == NULL)", "(strchr(%s, 'a') != NULL)", "*(int *)%i", "*(char *)alloca(8)",
      "((int *)alloca(16))[%n]", "*(uint64_t *)bcopyto", "(%i, %i)", "sizeof (%s)", "strlen(stringof(%s))",
    ].map { Template(text: $0, weight: 2) }
    + [
      Template(text: "*(int *)copyin(0x20000, 4)", isOfMoment: true),
      Template(text: "*(short *)copyin(%i, 2)", weight: 1, isOfMoment: true, isOfProcess: true),
    ]

  static let baseTexts: [Template] =
    [
      "strjoin(%s, %s)", "substr(%s, %i)", "substr(%s, %i, %i)", "substr(%s, %n, %n)", "lltostr(%i)", "lltostr(%i, 16)",
      "lltostr(%i, %i)", "strchr(%s, %i)", "strrchr(%s, %i)", "strchr(%s, '/')", "strrchr(%s, '/')", "strstr(%s, %s)",
      "basename(%s)", "dirname(%s)", "cleanpath(%s)", "tolower(%s)", "toupper(%s)", "strtok(%s, %s)",
      "strtok(%s, \"/,;\")",
      "strtok(NULL, %s)", "json(%s, \"a[1].b\")", "json(%s, %s)",
      "json(strjoin(\"{\\\"a\\\": [1, {\\\"b\\\": \", strjoin(%s, \"}]}\")), \"a[1].b\")", "(%i ? %s : %s)",
      "(%w = %s)", "stringof(%s)",
      "inet_ntoa((ipaddr_t *)alloca(4))", "inet_ntoa6((struct in6_addr *)alloca(16))", "inet_ntop(2, alloca(4))",
      "inet_ntop(10, alloca(16))", "link_ntop(1, alloca(8))", "memstr(alloca(8), ' ', 8)", "memstr(%s, %i, %n)",
      "memstr(alloca(%n), %i, %i)",
      "strjoin(%s, lltostr(%i))",
    ].map { Template(text: $0, weight: 2) }

  static let baseStatements: [Template] =
    [
      "%v = %i;", "%v = %i;", "%v = 0;", "%w = %s;", "%w = %s;", "%w = NULL;", "%w = 0;", "%v += %i;", "%v++;", "%v--;",
      "trace(%i);", "trace(%s);", "printm(16, memref(alloca(16), %i));",
      "printf(\"%%d %%s|\", %i, %s);",
      "printf(\"%%-8x|%%5s|%%c\\n\", %i, %s, (char)%i);",
      "printf(\"%%u %%o %%.3s\\n\", %i, %i, %s);", "printf(\"%%lld %%hhd %%s\\n\", %i, %i, %s);",
      "printf(\"%%*d %%5d%%%%\\n\", (int)(%i & 31), %i, %i);", "printf(\"plain\\n\");",
      "if (%i) { %b }", "if (%i) { %b } else { %b }", "if (%s == %s) { %b } else { trace(%s); }",
      "tracemem(alloca(%n), 16);", "tracemem(copyin(0x20000, 8), 8);", "tracemem(copyin(0x21000, 16), 16, %i);",
      "print(%i);", "print(%s);",
      "this->tl = (int64_t)alloca(16); *(int *)this->tl = (int)%i; trace(*(char *)(this->tl + %n));",
      "this->tl = (int64_t)alloca(32); bcopy(\"some text here\", (void *)this->tl, %i); trace(stringof((char *)this->tl));",
      "this->tl = (int64_t)alloca(16); copyinto(0x20000, 8, (void *)this->tl); trace(*(int *)this->tl);",
      "this->tl = (int64_t)alloca(%i); trace(%i);",
      "self->spec = speculation();",
    ].map {
      Template(
        text: $0, weight: $0.contains("copyin") || $0.contains("spec") ? 1 : 2, isOfMoment: $0.contains("copyin"))
    }
    + aggregating.map { Template(text: $0, weight: 1) }
    + [
      Template(text: "@n1[%i] = count(); clear(@n1);", weight: 1),
      Template(text: "@n2[%s] = sum(%i); trunc(@n2, 2);", weight: 1),
      Template(text: "@n3[(int)%i, %s] = avg(%i); trunc(@n3);", weight: 1),
      Template(text: "@n1[%i] = count(); printa(@n1);", weight: 1),
      Template(text: "@n1[%i] = count(); printa(\"%%d %%@d\\n\", @n1);", weight: 1),
      Template(text: "@n1[%i] = count(); normalize(@n1, 3);", weight: 1),
      Template(text: "@n9[%i] = sum(arg0);", isOfMoment: true),
      Template(text: "@n10[execname, pid] = count();", isOfMoment: true),
    ]

  /// What can only stand first in a clause; and whether anything may be recorded behind it.
  static let knownBeginnings: [Beginning] = [
    Beginning(text: "speculate(self->spec);"), Beginning(text: "speculate(self->spec);"),
    Beginning(text: "commit(self->spec);", isAlone: true), Beginning(text: "discard(self->spec);", isAlone: true),
    Beginning(text: "speculate(%i);"),
  ]

  /// Each name has one function and one kind of key.
  private static let aggregating = [
    "@n0 = count();", "@n1[%i] = count();", "@n2[%s] = sum(%i);", "@n3[(int)%i, %s] = avg(%i);",
    "@n4[probefunc] = min(%i);",
    "@n5[probename, %s] = max(%i);", "@n6[(char)%i] = stddev(%i);", "@n7[(uint16_t)%i] = quantize(%i);",
    "@n7[(uint16_t)%i] = quantize(%i, %i);", "@n8 = lquantize(%i, -10, 100, 7);",
    "@n8 = lquantize(%i, -10, 100, 7, %i);",
    "@m0[%s, %s, %i] = count();", "@m1[%s] = llquantize(%i, 10, 0, 6, 20);", "@m2 = lquantize(%i, 0, 10);",
    "@m3 = quantize(%i);", "@m4[probefunc] = count();", "@m5 = sum(%i);", "@m6 = avg(%i);", "@m7 = min(%i);",
    "@m8 = max(%i);",
    "@m9 = stddev(%i);", "@k0[probefunc, %i] = count();", "@k1[i8, u16, c, u64] = sum(%i);",
    "@k2[%s] = min((uint64_t)%i);",
    "@k3 = max((uint32_t)%i);", "@k4[strlen(%s)] = avg((char)%i);", "@k5[%i ? %s : %s] = count();",
    "@k6 = llquantize(%i, 2, 0, 20, 4, %i);", "@k7[probeprov] = quantize(%i);",
  ]
}
