/// Texts that are hard in one way each: deep, long, wide, huge, or no text at all.
package enum OddText {
  /// - Parameter size: about how many bytes each has, or how deep it is.
  package static func all(size: Int) -> [(name: String, text: [UInt8])] {
    func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
    func body(_ text: String) -> String { "BEGIN { \(text) }\n" }
    var texts: [(String, String)] = [
      ("no text", ""), ("blanks", many(" ", size)), ("lines", many("\n", size)),
      ("parentheses", body("trace(" + many("(", size) + "1" + many(")", size) + ");")),
      ("open parentheses", body("trace(" + many("(", size))), ("closed parentheses", body(many(")", size))),
      ("brackets", body("x" + many("[1", size / 2) + many("]", size / 2) + " = 1;")),
      ("braces", "BEGIN " + many("{", size)),
      ("closed braces", many("}", size)), ("negations", body("trace(" + many("-", size) + "1);")),
      ("spaced negations", body("trace(" + many("- ", size / 2) + "1);")),
      ("nots", body("trace(" + many("!", size) + "1);")),
      ("stars", body("trace(" + many("*", size) + "curthread);")),
      ("ampersands", body("trace(" + many("& ", size / 2) + "x);")),
      ("casts", body("trace(" + many("(int)", size / 5) + "1);")),
      ("a sum", body("trace(1" + many("+1", size / 2) + ");")),
      ("assignments", body(many("x=", size / 2) + "1;")),
      ("choices", body("trace(" + many("1?", size / 4) + "1" + many(":1", size / 4) + ");")),
      ("choices on the left", body("trace(1" + many("?1:1", size / 4) + ");")),
      ("ands", "BEGIN /1" + many("&&1", size / 3) + "/ { trace(1); }"),
      ("members", body("trace(curthread" + many("->a", size / 3) + ");")),
      ("calls", body("trace(" + many("strlen(", size / 8) + "\"a\"" + many(")", size / 8) + ");")),
      ("joins", body("trace(" + many("strjoin(\"a\",", size / 13) + "\"b\"" + many(")", size / 13) + ");")),
      ("ifs", body(many("if (1) { ", size / 10) + many("}", size / 10))),
      ("else ifs", body("if (1) { }" + many(" else if (1) { }", size / 16))),
      ("elses", body("if (1) { } " + many("else { if (1) { } ", size / 20) + many("}", size / 20))),
      ("a long number", body("trace(" + many("9", size) + ");")),
      ("a long hexadecimal", body("trace(0x" + many("f", size) + ");")),
      ("a long name", body("trace(" + many("a", size) + ");")),
      ("a long string", body("trace(\"" + many("a", size) + "\");")),
      ("an unclosed string", body("trace(\"" + many("a", size))),
      ("a long character", body("trace('" + many("a", size) + "');")),
      ("an unclosed comment", "/*" + many("/*", size / 2)), ("comments", many("/**/", size / 4)),
      ("slashes", many("/", size)),
      ("escapes", body("trace(\"" + many("\\x", size / 2) + "\");")), ("control lines", many("#\n", size / 2)),
      ("pragmas", many("#pragma D option quiet\n", size / 23)), ("line marks", many("# 1 \"a\"\n", size / 8)),
      ("a long description", many("a:", size / 2) + "{ }"),
      ("stars in a description", "syscall::" + many("*", size) + ":entry { }"),
      ("stars and letters", "syscall::" + many("*a", size / 2) + "b:entry { }"),
      ("a bracket in a description", "syscall::[" + many("a-z", size / 3) + ":entry { }"),
      ("descriptions", many("BEGIN,", size / 6) + "END { trace(1); }"),
      ("clauses", many("BEGIN{trace(1);}\n", size / 17)),
      ("statements", body(many("trace(1);", size / 9))), ("formats", body("printf(\"" + many("%d", size / 2) + "\");")),
      ("a wide format", body("printf(\"%" + many("9", size) + "d\", 1);")),
      ("widths", body("printf(\"" + many("%*.*d", size / 5) + "\", 1);")),
      ("keys", body("@a[1" + many(",1", size / 2) + "] = count();")),
      ("aggregations", body((0..<size / 20).map { "@a\($0) = count();" }.joined())),
      ("variables", body((0..<size / 8).map { "v\($0) = 1;" }.joined())), ("pointers", "int " + many("*", size) + "p;"),
      ("arrays", "int a" + many("[2]", size / 3) + ";"), ("functions", "int f" + many("()", size / 2) + ";"),
      ("declarators", "int " + many("(", size / 2) + "a" + many(")", size / 2) + ";"),
      ("a huge array", "int a[4611686018427387904][64];"),
      ("a negative array", "int a[-1]; char b[0x7fffffffffffffff];"),
      ("many members", "struct s { " + many("int a;", size / 6) + " };"),
      ("structures in structures", many("struct { ", size / 9) + "int a;" + many("} b;", size / 9)),
      ("itself", "struct s { struct s a; };\nBEGIN { trace(sizeof (struct s)); }"),
      ("unknown itself", "typedef t t; t x;"),
      ("types", many("typedef int t;\n", size / 15)),
      ("types of types", (1..<max(2, size / 20)).map { "typedef t\($0 - 1) t\($0);\n" }.joined()),
      (
        "inlines of inlines",
        "inline int i0 = 1;\n"
          + (1..<max(2, size / 40)).map { "inline int i\($0) = i\($0 - 1) + i\($0 - 1);\n" }.joined()
          + body("trace(i\(max(1, size / 40 - 1)));")
      ),
      ("an inline of itself", "inline int i = i + 1; BEGIN { trace(i); }"),
      ("enumerators", "enum e { A" + (0..<size / 8).map { ", B\($0)" }.joined() + " };"),
      ("a huge enumerator", "enum e { A = 0x7fffffffffffffff, B, C };"),
      ("a wide bit-field", "struct s { int a : " + many("9", size) + "; };"),
      ("macros", body("trace(" + many("$1+", size / 3) + "1);")),
      ("a large macro", body("trace($" + many("9", size) + ");")),
      ("dollars", body(many("$", size))), ("ats", body(many("@", size))), ("quotes", many("'", size)),
      ("double quotes", many("\"", size)),
      ("backslashes", many("\\", size)), ("continued lines", body("trace(1 " + many("\\\n", size / 2) + ");")),
      ("backticks", body("trace(" + many("`a", size / 2) + ");")),
      ("providers", many("provider p { probe q(int); };\n", size / 30)),
      ("translators", many("translator int < int *p > { a = 1; };\n", size / 38)),
      ("assembled keys", body("a[" + many("b[", size / 2) + "1" + many("]", size / 2) + "] = 1;")),
      ("sizes", body("trace(" + many("sizeof ", size / 7) + "1);")),
      ("a lquantize of many", body("@ = lquantize(1, 0, 0x7fffffff, 1);")),
      ("a llquantize of many", body("@ = llquantize(1, 10, 0, 100000, 100000);")),
      ("an empty lquantize", body("@ = lquantize(1, 5, 5, 0);")),
      ("a large allocation", body("x = alloca(0x7fffffffffffffff);")),
      ("a large tracemem", body("tracemem(0, 0x7fffffffffffffff);")),
      ("many frames", body("stack(0x7fffffff); ustack(-1, 0x7fffffffffffffff);")),
    ]
    texts.append(("errors", body(many("trace(nothing", 1) + many(" + nothing", size / 10) + ");")))
    var found = texts.map { (name: $0.0, text: Array($0.1.utf8)) }
    found.append(("zeros", [UInt8](repeating: 0, count: size)))
    found.append(("no characters", [UInt8](repeating: 0xff, count: size)))
    found.append(
      ("zeros in a string", Array("BEGIN { trace(\"".utf8) + [UInt8](repeating: 0, count: size) + Array("\"); }".utf8)))
    found.append(
      ("cut characters", Array("BEGIN { trace(\"".utf8) + [UInt8](repeating: 0xc3, count: size) + Array("\"); }".utf8)))
    return found
  }
}
