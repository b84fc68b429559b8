package import BTF
package import IR

/// The running kernel's types as the compiler asks for them, out of its BTF.
package struct BTFTypes: KernelTypes {
  private let graph: TypeGraph
  private let address: @Sendable (_ symbol: String, _ module: String) -> UInt64?

  /// - Parameter address: where a symbol of the kernel's is, of any module when none is named.
  package init(_ graph: TypeGraph, address: @escaping @Sendable (String, String) -> UInt64? = { _, _ in nil }) {
    self.graph = graph
    self.address = address
  }

  package func symbol(_ name: String, module: String) -> KernelSymbol? {
    guard let address = address(name, module) else { return nil }
    if graph.function(named: name) != nil { return KernelSymbol(shape: .function, address: address) }
    if let variable = graph.find(name, [.variable]) {
      return KernelSymbol(shape: shape(variable, depth: 0), address: address)
    }
    guard let spelled = KernelVariableTypes.spellings[name], let shape = shape(spelled: spelled) else { return nil }
    return KernelSymbol(shape: shape, address: address)
  }

  /// A type as the table of variables spells it.
  private func shape(spelled text: String) -> KernelShape? {
    if text.hasSuffix(" []") { return shape(spelled: String(text.dropLast(3))).map { .array($0, count: 0) } }
    if text.hasSuffix(" *") { return shape(spelled: String(text.dropLast(2))).map { .pointer($0) } }
    let names = ["unsigned long": "long unsigned int", "unsigned long long": "long long unsigned int"]
    return shape(of: names[text] ?? text)
  }

  package func shape(of name: String) -> KernelShape? { find(name).map { shape($0, depth: 0) } }

  package func member(_ name: String, of record: String) -> (shape: KernelShape, bitOffset: Int, bitWidth: Int?)? {
    guard let type = find(record), let place = try? graph.place(in: type, path: name) else { return nil }
    let shape = shape(place.type, depth: 0)
    guard let bits = place.bits else { return (shape, place.byteOffset * 8, nil) }
    return (shape, place.byteOffset * 8 + bits.shift, bits.count)
  }

  package func hasTracepoint(_ name: String) -> Bool { graph.tracepoint(named: name) != nil }

  package func structure(ofArgument index: Int, tracepoint name: String) -> String? {
    guard let arguments = graph.tracepoint(named: name)?.arguments, arguments.indices.contains(index) else {
      return nil
    }
    return arguments[index].structure.map { graph.name(of: $0) }
  }

  package func printed(_ record: String) -> PrintedType? {
    guard let type = find(record) else { return nil }
    var printed = printed(type, depth: 0)
    printed.name = record.hasPrefix("#") ? printed.name : record
    return printed
  }

  private func printed(_ id: TypeID, depth: Int) -> PrintedType {
    let type = graph.resolved(id)
    let kind: PrintedType.Kind =
      switch graph[type] {
      case .integer(let integer):
        integer.size == 1 && graph.name(of: id) == "char" ? .character : .integer(signed: integer.signed)
      case .pointer: .pointer
      case .enumeration:
        .enumeration(Dictionary(graph.enumerators(of: type).map { ($0.value, $0.name) }) { first, _ in first })
      case .array(let element, let count):
        depth < PrintedType.deepest ? .array(printed(element, depth: depth + 1), count: count) : .other
      case .structure, .union:
        .record(
          depth < PrintedType.deepest
            ? graph.members(of: type).map {
              .init(
                name: $0.name, type: printed($0.type, depth: depth + 1), bitOffset: $0.bitOffset, bitWidth: $0.bitCount)
            } : [])
      default: .other
      }
    let name = graph.describe(id)
    return PrintedType(
      name: name.replacing(" (anonymous)", with: "").replacing("[", with: " ["), size: graph.size(of: type) ?? 0,
      kind: kind)
  }

  /// `struct x`, `union x`, `enum x`, a typedef or a base type; a record without a name goes by its number, `#12`.
  private func find(_ name: String) -> TypeID? {
    if name.hasPrefix("#") { return UInt32(name.dropFirst()).map { TypeID($0) } }
    if name.hasPrefix("struct ") { return graph.structure(named: String(name.dropFirst(7))) }
    if name.hasPrefix("union ") { return graph.union(named: String(name.dropFirst(6))) }
    if name.hasPrefix("enum ") { return graph.enumeration(named: String(name.dropFirst(5))) }
    return graph.typedef(named: name) ?? graph.integer(named: name)
  }

  private func shape(_ id: TypeID, depth: Int) -> KernelShape {
    let type = graph.resolved(id)
    let name = graph.name(of: type)
    switch graph[type] {
    case .integer(let integer): return .integer(bytes: integer.size, signed: integer.signed, name: name)
    case .float(let size): return .floating(bytes: size, name: name)
    case .pointer(let target):
      // A pointer's target is described by name; a longer chain of pointers than anybody writes is cut off.
      return .pointer(depth < 8 ? shape(target, depth: depth + 1) : .void)
    case .array(let element, let count): return .array(shape(element, depth: depth + 1), count: count)
    case .structure(let size): return .record(name: spelled("struct", name, type), isUnion: false, size: size)
    case .union(let size): return .record(name: spelled("union", name, type), isUnion: true, size: size)
    case .enumeration:
      let values = graph.enumerators(of: type).map { ($0.name, $0.value) }
      return .enumeration(name: spelled("enum", name, type), values: values)
    case .forward(let isUnion):
      return .record(name: "\(isUnion ? "union" : "struct") \(name)", isUnion: isUnion, size: 0)
    case .prototype: return .function
    default: return .void
    }
  }

  private func spelled(_ word: String, _ name: String, _ id: TypeID) -> String {
    name.isEmpty ? "#\(id.rawValue)" : "\(word) \(name)"
  }
}
