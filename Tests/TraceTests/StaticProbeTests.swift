import Foundation
import Support
import Testing

/// The places that programs mark for tracers: `-h` and `-G` make what they are built with, `NAME$target` their probes.
@Suite(.live, .enabled(if: Lab.traces && Lab.has("cc"), "needs root, eBPF and cc"))
struct StaticProbeTests {
  /// What the tests of one program leave behind goes with it.
  private final class Workshop {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("culprit-marks-\(UUID().uuidString)")
    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }
    func write(_ text: String, to name: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }
    func run(_ words: String...) throws {
      let child = try Child(words)
      #expect(child.wait() == .exited(0), "\(words) \(child.errors)")
    }
  }

  private func program(_ flags: [String], in shop: Workshop, provider: String = "shop") throws -> String {
    try shop.write(
      """
      provider \(provider) {
        probe opened();
        probe sold__out(int, char *, long);
        probe many(int, int, int, int, int, int, int, int, int, int);
      };
      """, to: "shop.d")
    try shop.run(Lab.program("culprit"), "--header", "-s", shop.path("shop.d"), "-o", shop.path("shop.h"))
    try shop.write(
      """
      #include "shop.h"
      #include <unistd.h>
      #define SHOP(name) \(provider.uppercased())_ ## name
      static char name[] = "bread";
      int main(int count, char **words) {
        (void)words;
        SHOP(OPENED)();
        if (SHOP(SOLD_OUT_ENABLED)()) SHOP(SOLD_OUT)(-count, name, 1L << 40);
        else if (write(2, "unseen\\n", 7)) count = 1;
        SHOP(MANY)(count, 2, 3, 4, 5, 6, 7, 8, -9, 10);
        SHOP(OPENED)();
        return pause();
      }
      """, to: "shop.c")
    try shop.run(Lab.program("culprit"), "-G", "-s", shop.path("shop.d"), "-o", shop.path("shop.o"))
    let source = ["-Wall", "-Wextra", "-Werror", shop.path("shop.c"), shop.path("shop.o")]
    let child = try Child(["cc"] + flags + source + ["-o", shop.path("shop")])
    #expect(child.wait() == .exited(0), "\(child.errors)")
    return shop.path("shop")
  }

  @Test(arguments: [["-O0"], ["-O2"], ["-O2", "-static"], ["-O1", "-no-pie"]])
  func `a program built with the header is seen where it marked, with its arguments, and knows that it is seen`(
    flags: [String]
  ) throws {
    let shop = try Workshop()
    let program = try program(flags, in: shop)
    let run = try Run(
      #"""
      shop$target::main: { printf("%s:%s:%s", probemod, probefunc, probename); }
      shop$target:::sold-out { printf(" %d %s %d", arg0, copyinstr(arg1), arg2); }
      shop$target:::many { printf(" %d %d %d", arg0, arg8, arg9); n++; }
      shop$target::: { printf("\n"); }
      shop$target:::opened /n/ { exit(0); }
      """#, command: program)
    #expect(
      run.lines == [
        "shop:main:opened", "shop:main:sold-out -1 bread 1099511627776", "shop:main:many 1 -9 10", "shop:main:opened",
      ],
      "\(run.output) \(run.errors)")
    #expect(!run.errors.contains("unseen"))
  }

  @Test func `a pattern finds the processes that have such a provider; nobody listens when the run is over`() throws {
    let shop = try Workshop()
    let running = try Child([try program(["-O1"], in: shop, provider: "stall")])
    try running.line { $0 == "unseen" }
    let listed = try Run(["-l", "-n", "stall*:::sold-out"])
    #expect(listed.output.count == 2, "\(listed.output) \(listed.errors)")
    #expect(
      listed.output.last?.split(separator: " ").dropFirst() == ["stall\(running.pid)", "shop", "main", "sold-out"])
    let none = try Run(["-l", "-n", "stall*:::nosuch"])
    #expect(none.output.count == 1)
    // Listening and leaving leaves no count behind.
    _ = try Run(["-q", "-p", "\(running.pid)", "-n", "stall$target::: { } BEGIN { exit(0); }"])
    let run = try Run(["-q", "-n", "stall*:::opened { } BEGIN { exit(0); }"])
    #expect(run.end == .exited(0), "\(run.errors)")
  }

  @Test func `operands in registers, in memory and as constants are read as wide as they are`() throws {
    let shop = try Workshop()
    try shop.write(
      #"""
      static struct { char before; char c; short s; int i; long words[4]; } data = {1, -2, -3, -4, {5, 6, 7, -8}};
      int main(void) {
        __asm__ __volatile__(
            "movq $0x1ff02fffffffe, %%rbx\n movq $2, %%rcx\n"
            "990: nop\n .pushsection .note.stapsdt, \"\", \"note\"\n .balign 4\n .4byte 992f-991f, 994f-993f, 3\n"
            "991: .asciz \"stapsdt\"\n 992: .balign 4\n 993: .8byte 990b, 0, 0\n .asciz \"way\"\n .asciz \"here\"\n"
            ".asciz \"-4@%%ebx 4@%%ebx 8@%%rbx -1@%%bl 1@%%bh -2@2(%%rax) -1@1(%%rax) -8@8(%%rax,%%rcx,8) 4@$-7 8@data+8(%%rip)\"\n"
            "994: .balign 4\n .popsection\n"
            : : "a"(&data) : "rbx", "rcx");
        return 0;
      }
      """#, to: "way.c")
    try shop.run("cc", shop.path("way.c"), "-o", shop.path("way"))
    let run = try Run(
      #"""
      way$target:::here { printf("%d %d %x %d %d\n", arg0, arg1, arg2, arg3, arg4); }
      way$target:::here { printf("%d %d %d %d %d\n", arg5, arg6, arg7, arg8, arg9); }
      """#, command: shop.path("way"))
    #expect(run.lines == ["-2 4294967294 1ff02fffffffe -2 255", "-3 -2 7 -7 5"], "\(run.output) \(run.errors)")
  }

  @Test func `-G writes an object that says who wrote it unless it is stripped, or DTrace's format alone`() throws {
    let shop = try Workshop()
    try shop.write("provider p { probe a(); };\n", to: "p.d")
    func written(_ options: String...) throws -> Data {
      let words = [Lab.program("culprit"), "-G"] + options.flatMap { ["-x", $0] }
      #expect(try Child(words + ["-s", shop.path("p.d"), "-o", shop.path("p.o")]).wait() == .exited(0))
      return try Data(contentsOf: URL(fileURLWithPath: shop.path("p.o")))
    }
    let (elf, dof) = (Data("\u{7f}ELF".utf8), Data("\u{7f}DOF".utf8))
    let (object, stripped) = (try written(), try written("strip"))
    #expect(object.prefix(4) == elf && stripped.prefix(4) == elf)
    #expect(try written("linktype=elf") == object)
    let (plain, bare) = (try written("linktype=dof"), try written("linktype=dof", "strip"))
    #expect(plain.prefix(4) == dof && bare.prefix(4) == dof)
    #expect(object.range(of: plain) != nil && stripped.range(of: bare) != nil && stripped.range(of: plain) == nil)
    // The header tells its own size and the file's; one section header and a text are between the two.
    for (file, sections) in [(plain, 1), (bare, 0)] {
      func number(_ offset: Int, _ bytes: Int) -> Int {
        file[offset..<offset + bytes].reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      #expect(number(20, 4) == 64 && number(28, 4) == sections && number(48, 8) == file.count)
      #expect(number(40, 8) == 64 + 32 * sections)
      if sections > 0 { #expect(number(64, 4) == 1 && file.suffix(number(88, 8)) == Data("Culprit, D 2.0\0".utf8)) }
    }
    let wrong = try Run(["-G", "-x", "linktype=foo", "-s", shop.path("p.d"), "-o", shop.path("p.o")])
    #expect(wrong.errors == ["culprit: failed to set -x linktype: Invalid value for specified option"])
  }

  @Test func `what is asked of -h and -G and cannot be is said in one line`() throws {
    let script = try TemporaryFile("provider p { probe ( ); };\n".utf8)
    let wrong = try Run(["--header", "-s", script.path, "-o", "/dev/null"])
    #expect(wrong.end == .exited(2) && wrong.errors.first?.contains("error") == true, "\(wrong.errors)")
    #expect(
      try Run(["--header", "-o", "/dev/null"]).errors == [
        "culprit: --header requires one or more scripts or enabling options"
      ])
    #expect(
      try Run(["--header", "-s", script.path]).errors
        == ["culprit: --header requires an output file (-o) unless there is one script, whose name ends in .d"])
  }
}
