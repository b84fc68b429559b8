import Bytes
import Events
import Files
import Foundation
import Symbols
import Testing

struct ObjectFileTests {
  @Test(arguments: [["-pie", "-fPIE"], ["-no-pie"], ["-static"]])
  func `every function that nm lists is found at its first and its last byte`(flags: [String]) throws {
    let program = try CompiledProgram(listener, named: "srg", flags: flags)
    let object = try ObjectFile(name: "srg", image: program.bytes)
    #expect(object.problem == nil)
    let functions = try program.functions().filter { $0.size > 0 }
    #expect(functions.count > 2)
    let aliases = Dictionary(grouping: functions, by: \.address).mapValues { $0.map(\.name) }
    for function in functions {
      for distance in [0, function.size - 1] {
        let offset = try #require(try fileOffset(program, function.address + distance))
        let found = try #require(object.function(atOffset: offset), "\(function)")
        // Another function may begin at the last byte's place in an overlap that only assembly makes; then nm lists it too.
        let start = function.address + distance - found.offset
        #expect(aliases[start]?.contains(found.name) == true, "\(function) found as \(found)")
        if distance == 0 { #expect(found.offset == 0) }
      }
    }
  }

  /// From readelf, the outside judge: where a virtual address lies in the file.
  private func fileOffset(_ program: CompiledProgram, _ address: UInt64) throws -> UInt64? {
    for line in try output("/usr/bin/readelf", ["-lW", program.path]).split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.first == "LOAD", parts.count > 5 else { continue }
      let numbers = parts[1...5].map { UInt64($0.dropFirst(2), radix: 16)! }
      if address >= numbers[1], address < numbers[1] + numbers[3] { return address - numbers[1] + numbers[0] }
    }
    return nil
  }

  @Test func `a stripped program keeps its dynamic functions and its build id`() throws {
    let program = try CompiledProgram(listener, named: "srg", flags: ["-rdynamic", "-Wl,--build-id=0xc0ffee0102"])
    let whole = try ObjectFile(name: "srg", image: program.bytes)
    try program.strip()
    let stripped = try ObjectFile(name: "srg", image: program.bytes)
    #expect(whole.buildID == [0xc0, 0xff, 0xee, 1, 2])
    #expect(stripped.buildID == whole.buildID)
    #expect(stripped.functionCount < whole.functionCount)
    let dynamic = try #require(program.functions(dynamic: true).first { $0.name == "srg_alarm" })
    let offset = try #require(try fileOffset(program, dynamic.address + 1))
    #expect(stripped.function(atOffset: offset)?.name == "srg_alarm")
    #expect(stripped.function(atOffset: offset)?.offset == 1)
  }

  @Test func `what is no 64-bit little-endian ELF file is refused with the reason`() throws {
    let program = try CompiledProgram(listener, named: "srg")
    let bytes = try program.bytes
    func problem(_ change: (inout [UInt8]) -> Void) -> ELFProblem? {
      var image = bytes
      change(&image)
      return ObjectFile(name: "x", image: image).problem
    }
    #expect(problem { $0[4] = 1 } == .class32)
    #expect(problem { $0[5] = 2 } == .bigEndian)
    #expect(problem { $0[0] = 0 } == .notELF)
    #expect(problem { $0.removeSubrange(10...) } == .notELF)
    #expect(problem { $0[54] = 7 } == .entrySize("program header", 7))
    // e_phoff beyond the end.
    guard case .cut("the program headers", _, _) = problem({ $0[39] = 0x7f }) else {
      Issue.record("program headers out of the file are not refused")
      return
    }
    #expect(ELFProblem.class32.text.contains("32-bit"))
  }

  @Test func `no flipped byte, no cut and no forged header traps`() throws {
    let program = try CompiledProgram(listener, named: "srg")
    let bytes = try program.bytes
    // The headers and the tables are where a change means something: the first 1 KiB and the section headers at the end.
    var places = Array(0..<1024) + Array((bytes.count - 4096)..<bytes.count)
    let symbols = try program.functions().count
    #expect(symbols > 0)
    var generator = SystemRandomNumberGenerator()
    places.shuffle(using: &generator)
    func probe(_ image: [UInt8]) {
      let object = ObjectFile(name: "x", image: image)
      for offset in [0, 0x1000, 0x1139, UInt64(bytes.count), .max] { _ = object.function(atOffset: offset) }
    }
    for place in places.prefix(1500) {
      var image = bytes
      image[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator)!
      probe(image)
    }
    for _ in 0..<300 {
      var image = bytes
      for _ in 0..<8 { image[places.randomElement(using: &generator)!] = .random(in: 0...255, using: &generator) }
      probe(image)
    }
    for count in stride(from: 0, to: bytes.count, by: 97) { probe(Array(bytes.prefix(count))) }
  }
}

struct ProcessTests {
  @Test(arguments: [["-pie", "-fPIE"], ["-no-pie"]])
  func `functions of a running program and of its libraries are named`(flags: [String]) throws {
    let program = try CompiledProgram(listener, named: "srg", flags: flags)
    let running = try RunningProgram(program, lines: 4)
    var symbols = Symbolizer()
    let names = running.addresses.map { symbols.userName(of: $0, in: running.pid) }
    #expect(names[0] == AddressName(object: "srg", symbol: "srg_alarm", offset: 4))
    #expect(names[1] == AddressName(object: "srg", symbol: "scan"))
    #expect(names[3] == AddressName(object: "srg", symbol: "main"))
    // A non-PIE may take the address of its own jump to getppid, which has no symbol.
    if names[2] != AddressName(object: "srg") || flags != ["-no-pie"] {
      #expect(names[2] == AddressName(object: "libc.so.6", symbol: "getppid"))
    }
    #expect(symbols.userName(of: 0x10, in: running.pid) == nil)
    #expect(symbols.userName(of: .max, in: running.pid) == nil)
    try running.end()
  }

  @Test func `a program that was seen alive is named when it has gone and its file with it`() throws {
    var program: CompiledProgram? = try CompiledProgram(listener, named: "srg")
    let running = try RunningProgram(program!, lines: 4)
    var symbols = Symbolizer()
    let found = symbols.notice(running.pid)
    #expect(found)
    try running.end()
    program = nil
    #expect(symbols.userName(of: running.addresses[0], in: running.pid)?.symbol == "srg_alarm")
    // Another process that gets the pid would have begun at another time.
    let other = ProcessID(pid: running.pid, start: 20_000_000)
    #expect(symbols.name(of: running.addresses[0], in: other) == nil)
    symbols.forget(running.pid)
    #expect(symbols.userName(of: running.addresses[0], in: running.pid) == nil)
  }

  @Test(.enabled(if: getuid() == 0))
  func `a program whose file was deleted is still read (privileged: map_files)`() throws {
    let program = try CompiledProgram(listener, named: "srg")
    let running = try RunningProgram(program, lines: 4)
    try FileManager.default.removeItem(atPath: program.path)
    var symbols = Symbolizer()
    #expect(
      symbols.userName(of: running.addresses[0], in: running.pid)
        == AddressName(object: "srg", symbol: "srg_alarm", offset: 4))
    try running.end()
  }

  @Test func `a file that was replaced gives its name and no wrong symbols`() throws {
    let program = try CompiledProgram(listener, named: "srg")
    let running = try RunningProgram(program, lines: 4)
    var symbols = Symbolizer()
    // Whether the mapping leads to the old file depends on privileges; the new one must never be taken for it.
    let other = try CompiledProgram("int other(void) { return 1; } int main(void) { return other(); }", named: "srg")
    try FileManager.default.removeItem(atPath: program.path)
    try FileManager.default.copyItem(atPath: other.path, toPath: program.path)
    let name = symbols.userName(of: running.addresses[0], in: running.pid)
    #expect(name?.object == "srg")
    #expect(name?.symbol == "srg_alarm" || name?.symbol == nil)
    try running.end()
  }

  /// Some virtual machines run without one.
  static let hasVDSO = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8))?.contains("[vdso]") == true

  @Test(.enabled(if: hasVDSO))
  func `the functions that the kernel lends to every process are named (needs a vDSO)`() throws {
    let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
    var symbols = Symbolizer()
    let pid = UInt32(ProcessInfo.processInfo.processIdentifier)
    let line = try #require(maps.split(separator: "\n").first { $0.hasSuffix("[vdso]") })
    let start = try #require(UInt64(line.prefix { $0 != "-" }, radix: 16))
    let image = try FileReader("/proc/self/mem").read(at: start, count: 8192)
    let object = ObjectFile(name: "[vdso]", image: image)
    #expect(object.functionCount > 3)
    var names: Set<String> = []
    for offset in stride(from: 0, to: UInt64(image.count), by: 16) {
      guard let name = symbols.userName(of: start + offset, in: pid) else { continue }
      #expect(name.object == "[vdso]")
      if let symbol = name.symbol { names.insert(symbol) }
    }
    // Of __vdso_clock_gettime and clock_gettime, one address, the plainer name.
    #expect(names.contains("clock_gettime"))
  }

  @Test func `a process that is not there has no names`() {
    var symbols = Symbolizer()
    let found = symbols.notice(0x7fff_fff0)
    #expect(!found)
    #expect(symbols.userName(of: 0x1000, in: 0x7fff_fff0) == nil)
  }

  @Test func `processes are remembered up to a bound, the oldest forgotten first`() throws {
    let program = try CompiledProgram(listener, named: "srg")
    let running = try (0..<3).map { _ in try RunningProgram(program, lines: 4) }
    var symbols = Symbolizer()
    symbols.processLimit = 2
    for one in running { symbols.notice(one.pid) }
    for one in running { try one.end() }
    let named = running.map { symbols.userName(of: $0.addresses[0], in: $0.pid) != nil }
    #expect(named == [false, true, true])
  }
}

struct KernelSymbolsTests {
  private let few = KernelSymbols(
    Array(
      """
      0000000000000000 A fixed_percpu_data
      ffffffff81000000 T _text
      ffffffff81000000 T srso_alias_untrain_ret
      ffffffff81000010 t __pfx_do_sys_open
      ffffffff81000020 t do_sys_open
      ffffffff81000020 W alias
      ffffffff82000000 D max_pfn
      ffffffffa0000000 t nf_hook\t[nf_tables]
      ffffffffa0000100 t bpf_prog_6deef7357e7b4530\t[bpf]
      nonsense
      ffff

      """.utf8))

  @Test func `an address belongs to the symbol at or before it`() {
    #expect(few.count == 6)
    #expect(few.find(0xffff_ffff_8100_0000)?.name == "srso_alias_untrain_ret")
    #expect(few.find(0xffff_ffff_8100_0025)?.name == "alias")
    #expect(few.find(0xffff_ffff_8100_0025)?.offset == 5)
    #expect(few.find(0xffff_ffff_8200_0000)?.name == "max_pfn")
    #expect(few.find(0xffff_ffff_a000_0004)?.module == "nf_tables")
    #expect(few.find(0xffff_ffff_80ff_ffff) == nil)
    #expect(few.find(0xffff_ffff_ffff_ffff) == nil)
  }

  @Test func `no cut or flipped byte of the table traps`() {
    let text = Array("ffffffff81000000 T _text\nffffffffa0000000 t nf_hook\t[nf_tables]\n".utf8)
    for count in 0...text.count { _ = KernelSymbols(Array(text.prefix(count))) }
    for place in text.indices {
      for byte in [0, 0x20, 0x0a, 0x09, 0x5b, 0xff] as [UInt8] {
        var changed = text
        changed[place] = byte
        _ = KernelSymbols(changed).find(0xffff_ffff_8100_0001)
      }
    }
  }

  @Test(.enabled(if: getuid() == 0))
  func `the running kernel names its own entry points (privileged: kallsyms)`() throws {
    var symbols = Symbolizer()
    let line = try output("/usr/bin/grep", [" T ksys_read$", "/proc/kallsyms"])
    let address = try #require(UInt64(line.prefix { $0 != " " }, radix: 16))
    #expect(symbols.kernelName(of: address + 1) == AddressName(object: "vmlinux", symbol: "ksys_read", offset: 1))
    #expect(symbols.kernelName(of: 0x40_1000) == nil)
  }
}
