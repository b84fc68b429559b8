import BTF
import Testing

struct ShapeTests {
  let types: TypeGraph
  init() throws { types = try TypeGraph(Samples.everyKind()) }

  @Test func `every kind is read as libbpf wrote it`() {
    #expect(types.count == 31)
    #expect(types[TypeID(0)] == .void)
    #expect(types[TypeID(1)] == .integer(.init(size: 4, signed: true)))
    #expect(types[TypeID(3)] == .integer(.init(size: 1, signed: false, isCharacter: true)))
    #expect(types[TypeID(4)] == .integer(.init(size: 1, signed: false, isBoolean: true)))
    #expect(types[TypeID(6)] == .pointer(to: .void))
    #expect(types[TypeID(7)] == .array(of: TypeID(3), count: 16))
    #expect(types[TypeID(8)] == .union(size: 16))
    #expect(types[TypeID(9)] == .structure(size: 20))
    #expect(types[TypeID(10)] == .typedef(TypeID(9)))
    #expect(types[TypeID(11)] == .const(TypeID(10)))
    #expect(types[TypeID(12)] == .volatile(TypeID(11)))
    #expect(types[TypeID(16)] == .enumeration(size: 4, signed: false))
    #expect(types[TypeID(17)] == .enumeration(size: 8, signed: true))
    #expect(types[TypeID(18)] == .forward(isUnion: true))
    #expect(types[TypeID(19)] == .restrict(TypeID(14)))
    #expect(types[TypeID(20)] == .prototype(returns: .void))
    #expect(types[TypeID(24)] == .function(prototype: TypeID(23)))
    #expect(types[TypeID(25)] == .variable(TypeID(1)))
    #expect(types[TypeID(26)] == .section(size: 4))
    #expect(types[TypeID(27)] == .float(size: 8))
    #expect(types[TypeID(28)] == .declarationTag(TypeID(15), component: 1))
    #expect(types[TypeID(29)] == .typeTag(TypeID(9)))
    #expect(types[TypeID(31)] == .void)
  }

  @Test func `names are found among their kind only`() {
    #expect(types.structure(named: "outer") == TypeID(15))
    #expect(types.typedef(named: "inner_t") == TypeID(10))
    #expect(types.enumeration(named: "wide") == TypeID(17))
    #expect(types.integer(named: "long unsigned int") == TypeID(5))
    #expect(types.function(named: "__probestub_sample") == TypeID(24))
    #expect(types.union(named: "outer") == nil)
    #expect(types.structure(named: "out") == nil)
    #expect(types.structure(named: "outer2") == nil)
    #expect(types.structure(named: "") == nil)
  }

  @Test func `sizes go through names, qualifiers and arrays`() {
    #expect(types.size(of: TypeID(13)) == 60)
    #expect(types.size(of: TypeID(19)) == 8)
    #expect(types.size(of: TypeID(29)) == 20)
    #expect(types.size(of: TypeID(0)) == nil)
    #expect(types.size(of: TypeID(18)) == nil)
  }

  @Test func `a path goes through arrays and anonymous unions`() throws {
    let place = try types.member(of: "outer", path: "rows[2].text[3]")
    #expect(place == Place(byteOffset: 8 + 40 + 4 + 3, size: 1, signed: false, type: TypeID(3), bits: nil))
    #expect(try types.member(of: "inner_t", path: "number").byteOffset == 4)
    #expect(try types.member(of: "outer", path: "next").size == 8)
  }

  @Test func `a bit-field is read by its declared unit`() throws {
    let a = try types.member(of: "outer", path: "rows[1].a")
    #expect(a.byteOffset == 28 && a.size == 4 && !a.signed && a.bits == .init(shift: 0, count: 3))
    let b = try types.member(of: "inner", path: "b")
    #expect(b.byteOffset == 0 && b.size == 4 && b.signed && b.bits == .init(shift: 3, count: 5))
  }

  @Test(arguments: [
    ("rows[3]", BTFError.indexOutside(3, of: "struct outer.rows", count: 3)),
    ("rowz", .noSuchMember("rowz", of: "struct outer", nearest: "rows")),
    ("rows[0].nmber", .noSuchMember("nmber", of: "struct outer.rows[0]", nearest: "number")),
    ("first.x", .noMembers(of: "struct outer.first", type: "long unsigned int")),
    ("next.first", .noMembers(of: "struct outer.next", type: "struct outer *")),
    ("first[0]", .noMembers(of: "struct outer.first", type: "long unsigned int")),
    ("", .badPath("")), ("rows[", .badPath("rows[")), ("rows[-1]", .badPath("rows[-1]")), ("a..b", .badPath("a..b")),
  ])
  func `a wrong path says where it goes wrong`(path: String, error: BTFError) {
    #expect(throws: error) { try types.member(of: "outer", path: path) }
  }

  @Test func `enumerators are found by name in every enumeration`() {
    #expect(types.enumerator(named: "GREEN")?.value == 2)
    #expect(types.enumerator(named: "LOW")?.value == -5)
    #expect(types.enumerator(named: "HIGH")?.value == 1 << 40)
    #expect(types.enumerator(named: "BLUE") == nil)
    #expect(types.enumerators(of: TypeID(16)).map(\.name) == ["RED", "GREEN"])
  }

  @Test func `a tracepoint's first parameter is not an argument`() throws {
    let point = try #require(types.tracepoint(named: "sample"))
    #expect(point.attachID == TypeID(22))
    #expect(point.arguments.map(\.type) == [TypeID(14), TypeID(1)])
    #expect(point.arguments.map(\.structure) == [TypeID(15), nil])
    #expect(types.argumentNames(of: point) == ["outer", "count"])
    #expect(types.tracepointNames == ["sample"])
    #expect(types.tracepoint(named: "other") == nil)
  }

  @Test(arguments: [
    (13, "volatile const inner_t[3]"), (14, "struct outer *"), (7, "char[16]"), (30, "struct inner *"),
    (21, "void (*)()"),
  ])
  func `types are described as C writes them`(id: Int, text: String) {
    #expect(types.describe(TypeID(UInt32(id))) == text)
  }
}
