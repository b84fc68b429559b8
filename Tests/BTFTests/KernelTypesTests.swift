import BTF
import CBPF
import Kernel
import Testing

/// The running kernel's own types.
enum Running {
  static let path = "/sys/kernel/btf/vmlinux"
  static let types = Result { try TypeGraph.ofKernel(path: path) }
  static let present = (try? types.get()) != nil
}

/// The running kernel's own types, against libbpf's reading of the same file.
@Suite(.enabled(if: Running.present, "needs /sys/kernel/btf/vmlinux"))
struct KernelTypesTests {
  @Test func `every type has the kind, the name and the size that libbpf reads`() throws {
    let types = try Running.types.get()
    let judge = try Judge(path: Running.path)
    #expect(types.count == judge.count)
    var wrong: [TypeID] = []
    var sized = 0
    for index in 1..<UInt32(types.count) {
      let id = TypeID(index)
      let record = try judge.record(index)
      if UInt32(types.kind(of: id).rawValue) != record.info >> 24 & 0x1f { wrong.append(id) }
      if types.name(of: id) != judge.name(record) { wrong.append(id) }
      // libbpf resolves no function or prototype and gives a negative error for what has no size.
      let size = judge.size(index)
      if size >= 0 {
        sized += 1
        if types.size(of: id) != size { wrong.append(id) }
      }
    }
    #expect(wrong == [])
    #expect(sized > 10_000)
  }

  @Test func `every member is where libbpf sees it, and in one structure of eight the path leads there`() throws {
    let types = try Running.types.get()
    let judge = try Judge(path: Running.path)
    var checked = 0
    var bitFields = 0
    var wrong: [String] = []
    for index in 1..<UInt32(types.count) {
      let id = TypeID(index)
      let members = types.members(of: id)
      guard !members.isEmpty else { continue }
      for (place, member) in members.enumerated() {
        let bits = judge.bitOffset(index, place)
        let width = judge.bitCount(index, place)
        if member.bitOffset != bits || (member.bitCount ?? 0) != width { wrong.append(member.name) }
        if member.name.isEmpty || !index.isMultiple(of: 8) { continue }
        let found = try types.place(in: id, path: member.name)
        checked += 1
        if let field = found.bits {
          bitFields += 1
          if found.byteOffset * 8 + field.shift != bits || field.count != width { wrong.append(member.name) }
        } else if found.byteOffset * 8 != bits {
          wrong.append(member.name)
        }
      }
    }
    #expect(wrong == [])
    #expect(checked > 5000)
    #expect(bitFields > 100)
  }

  @Test func `every name leads to a type that has it, the first that libbpf finds`() throws {
    let types = try Running.types.get()
    let judge = try Judge(path: Running.path)
    for kind in [Kind.structure, .typedef, .function] {
      // libbpf searches from the beginning each time: a few hundred are enough.
      let all = types.all(kind)
      for place in stride(from: 0, to: all.count, by: max(1, all.count / 200)) {
        let name = all[place].name
        let id = judge.find(name, kind)
        #expect(types.find(name, [kind]) == id, "\(name)")
      }
    }
  }

  @Test func `a tracepoint's arguments are those of its typedef without the first`() throws {
    let types = try Running.types.get()
    let point = try #require(types.tracepoint(named: "sched_switch"))
    let names = try #require(types.argumentNames(of: point))
    #expect(names.prefix(3) == ["preempt", "prev", "next"])
    #expect(point.arguments[1].structure == types.structure(named: "task_struct"))
    #expect(types.kind(of: types.resolved(point.arguments[0].type)) == .integer)
  }

  @Test func `the members that attribution reads are there`() throws {
    let types = try Running.types.get()
    let family = try types.member(of: "sock", path: "__sk_common.skc_family")
    #expect(family.size == 2 && !family.signed)
    #expect(try types.member(of: "sock", path: "__sk_common.skc_dport").size == 2)
    #expect(try types.member(of: "task_struct", path: "tgid").signed)
    #expect(try types.member(of: "task_struct", path: "comm").size == 16)
    #expect(types.enumerator(named: "TCP_ESTABLISHED")?.value == 1)
    #expect(types.iteratorNames.contains("task_file"))
  }
}
