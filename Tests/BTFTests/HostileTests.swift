import BTF
import Testing

struct HostileTests {
  /// Asks everything that can be asked of a graph.
  func exercise(_ types: TypeGraph) {
    for index in 0..<types.count + 2 {
      let id = TypeID(UInt32(index))
      _ = types[id]
      _ = types.describe(id)
      _ = types.size(of: id)
      _ = types.resolved(id)
      _ = types.enumerators(of: id)
      _ = types.parameters(of: id)
      for member in types.members(of: id) where !member.name.isEmpty {
        _ = try? types.place(in: id, path: member.name + "[1]." + member.name)
        _ = try? types.place(in: id, path: member.name)
      }
      _ = try? types.place(in: id, path: "none")
    }
    for name in ["inner", "inner_t", "colour", "int", ""] { _ = types.find(name, Set(Kind.allCases)) }
    _ = types.function(named: "__probestub_sample")
    _ = types.enumerator(named: "HIGH")
    for name in types.tracepointNames { _ = types.tracepoint(named: name).map(types.argumentNames) }
    _ = types.iteratorNames
  }

  @Test func `every prefix is refused`() throws {
    let bytes = try Samples.everyKind()
    for count in 0..<bytes.count {
      #expect(throws: BTFError.self, "\(count) bytes") { _ = try TypeGraph(Array(bytes.prefix(count))) }
    }
  }

  @Test func `every changed byte is read or refused, never trapped on`() throws {
    let bytes = try Samples.everyKind()
    var (read, refused) = (0, 0)
    for at in bytes.indices {
      for value: UInt8 in [0, 0xff, bytes[at] &+ 1] {
        var changed = bytes
        changed[at] = value
        do {
          exercise(try TypeGraph(changed))
          read += 1
        } catch {
          refused += 1
        }
      }
    }
    #expect(read > 500 && refused > 500)
  }

  @Test func `many changes at once are read or refused, never trapped on`() throws {
    let bytes = try Samples.everyKind()
    var state: UInt64 = 42
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    var read = 0
    for _ in 0..<1000 {
      var changed = bytes
      // Behind the header, in whole words: small numbers reach other types and names.
      for _ in 0..<(1 + next(6)) { changed[24 + next(bytes.count - 24) & ~3] = UInt8(next(40)) }
      if let types = try? TypeGraph(changed) {
        exercise(types)
        read += 1
      }
    }
    #expect(read > 100)
  }

  @Test func `a structure that is its own anonymous member ends`() throws {
    var writer = Blob()
    // 1: struct "s" with 1,000 anonymous members, each of type 1
    writer.record(name: 1, kind: .structure, count: 1000, word: 4)
    for _ in 0..<1000 { writer.words([0, 1, 0]) }
    let types = try TypeGraph(writer.bytes(strings: [0] + Array("s".utf8) + [0]))
    #expect(throws: BTFError.tooDeep("struct s")) { try types.member(of: "s", path: "x") }
  }

  @Test func `a typedef of itself is void and has no size`() throws {
    var writer = Blob()
    writer.record(name: 1, kind: .typedef, count: 0, word: 1)
    let types = try TypeGraph(writer.bytes(strings: [0] + Array("s".utf8) + [0]))
    #expect(types.resolved(TypeID(1)) == .void)
    #expect(types.size(of: TypeID(1)) == nil)
  }

  @Test func `an array of arrays larger than memory has no size`() throws {
    var writer = Blob()
    writer.record(name: 0, kind: .integer, count: 0, word: 4)
    writer.words([32])
    for id: UInt32 in 1..<10 {
      writer.record(name: 0, kind: .array, count: 0, word: 0)
      writer.words([id, 1, .max])
    }
    let types = try TypeGraph(writer.bytes(strings: [0]))
    #expect(types.size(of: TypeID(2)) == nil)
    #expect(types.size(of: TypeID(10)) == nil)
  }

  @Test func `a reference to a type or a name that is not there is refused`() throws {
    var pointer = Blob()
    pointer.record(name: 0, kind: .pointer, count: 0, word: 9)
    #expect(throws: BTFError.danglingType(9, count: 2)) { _ = try TypeGraph(pointer.bytes(strings: [0])) }
    var named = Blob()
    named.record(name: 7, kind: .pointer, count: 0, word: 0)
    #expect(throws: BTFError.danglingName(7, count: 1)) { _ = try TypeGraph(named.bytes(strings: [0])) }
  }

  @Test func `what is not BTF of this byte order is refused by its magic`() {
    #expect(throws: BTFError.notBTF(magic: 0x9feb)) {
      _ = try TypeGraph([0xeb, 0x9f] + [UInt8](repeating: 0, count: 30))
    }
  }
}

/// A blob written record by record.
struct Blob {
  private var types: [UInt8] = []

  mutating func words(_ words: [UInt32]) {
    for word in words { types += (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
  }

  mutating func record(name: UInt32, kind: Kind, count: UInt32, word: UInt32) {
    words([name, UInt32(kind.rawValue) << 24 | count, word])
  }

  func bytes(strings: [UInt8]) -> [UInt8] {
    var header = Blob()
    header.words([0x0001_eb9f, 24, 0, UInt32(types.count), UInt32(types.count), UInt32(strings.count)])
    return header.types + types + strings
  }
}
