import DSyntax
import IR
import Source

extension Checker {
  /// The type that a cast, `sizeof` or a parameter names.
  mutating func resolve(_ typeName: TypeName) -> DType? {
    guard let base = resolve(typeName.specifiers) else { return nil }
    var declarator = typeName.declarator
    if declarator.specifiers == nil { declarator.specifiers = typeName.specifiers }
    return apply(declarator, to: base)
  }

  /// What the specifiers alone name.
  mutating func resolve(_ specifiers: TypeSpecifiers) -> DType? {
    switch specifiers.base {
    case .words(let words):
      if words.contains("void"), words.contains(where: { ["short", "long", "signed", "unsigned"].contains($0) }) {
        report(.rule(tag: "D_DECL_VOIDATTR", "void takes no other words"), specifiers.range)
        return nil
      }
      if words.count(where: Self.baseWords.contains) > 1 {
        report(.rule(tag: "D_DECL_COMBO", "two types in one: \(words.joined(separator: " "))"), specifiers.range)
        return nil
      }
      let attributes = ["signed": 1, "unsigned": 1, "short": 1, "long": 2]
      if attributes.contains(where: { word, most in words.count { $0 == word } > most }) {
        report(.rule(tag: "D_DECL_COMBO", "invalid type combination"), specifiers.range)
        return nil
      }
      if words.contains("char"), words.contains("long") || words.contains("short") {
        report(.rule(tag: "D_DECL_CHARATTR", "char is neither long nor short"), specifiers.range)
        return nil
      }
      if words.contains("short"), words.contains("long") {
        report(.rule(tag: "D_UNKNOWN", "failed to resolve type short long: Unknown type name"), specifiers.range)
        return nil
      }
      guard let name = Self.canonical(words), let type = types.find(name) else {
        report(.unknownType(words.joined(separator: " ")), specifiers.range)
        return nil
      }
      return type
    case .named(let name):
      if let type = findType(name) { return type }
      if catalog.translators[name] != nil { return .translated(name) }
      report(.unknownType(name), specifiers.range)
      return nil
    case .record(let kind, let tag, let members): return resolveRecord(kind, tag, members, specifiers.range)
    case .enumeration(let tag, let members): return resolveEnumeration(tag, members, specifiers.range)
    }
  }

  /// Words of which a type has one at most.
  private static let baseWords: Set<String> = ["char", "int", "float", "double", "void", "string", "_Bool"]

  /// The specifier words in one spelling: `unsigned long long int` is `unsigned long long`.
  static func canonical(_ words: [String]) -> String? {
    var longs = 0
    var isShort = false
    var sign: String?
    var base: String?
    for word in words {
      switch word {
      case "long": longs += 1
      case "short": isShort = true
      case "signed", "unsigned": sign = word
      case "const", "volatile", "restrict": continue
      default: base = base == nil ? word : ""
      }
    }
    switch base {
    case nil, "int"?:
      let size = longs >= 2 ? "long long" : longs == 1 ? "long" : isShort ? "short" : "int"
      return sign == "unsigned" ? "unsigned " + size : size
    case "char"?: return sign.map { "\($0) char" } ?? "char"
    case "double"? where longs == 1: return "long double"
    case ""?: return nil
    case let name?: return longs == 0 && !isShort && sign == nil ? name : nil
    }
  }

  /// The declarator's pointers and arrays around a base type, from the name outward.
  mutating func apply(_ declarator: Declarator, to base: DType) -> DType? {
    var type = base
    let userland = declarator.specifiers?.isUserland ?? false
    for layer in declarator.layers.reversed() {
      switch layer {
      case .pointer: type = .pointer(type, userland: userland)
      case .array(let size):
        var count = 0
        if let size {
          guard let value = check(size) else { return nil }
          guard case .integer(let constant) = value.kind, constant > 0, constant < 1 << 24 else {
            if case .integer(let constant) = value.kind, constant > 0 {
              report(.rule(tag: "D_DECL_ARRBIG", "the array is too big"), size.range)
              return nil
            }
            report(
              .rule(tag: "D_DECL_ARRSUB", "positive integral constant expression is expected as array size"),
              size.range)
            return nil
          }
          count = Int(constant)
        }
        type = .array(type, count: count)
      case .tuple: break
      case .function: type = .function
      }
    }
    return type
  }

  private mutating func resolveRecord(
    _ kind: TypeSpecifiers.RecordKind, _ tag: String?, _ members: [TypeSpecifiers.Member]?, _ range: SourceRange
  ) -> DType? {
    let word = kind == .union ? "union" : "struct"
    let name = tag.map { "\(word) \($0.split(separator: "`").last.map(String.init) ?? $0)" }
    guard let members else {
      guard let name else { return nil }
      if let known = findType(name) { return known }
      let index = types.declareRecord(name, isUnion: kind == .union)
      types.define(name, as: .record(index))
      return .record(index)
    }
    var record: Int?
    if let name, case .record(let known)? = types.find(name) {
      if types.records[known].isComplete, !types.records[known].members.isEmpty {
        report(.redeclared(name), range)
        return .record(known)
      }
      record = known
    }
    let index = record ?? types.declareRecord(name ?? word, isUnion: kind == .union)
    if let name { types.define(name, as: .record(index)) }
    var laid: [(name: String, type: DType, bitWidth: Int?)] = []
    for member in members {
      guard let base = resolve(member.specifiers) else { continue }
      if member.declarators.isEmpty { laid.append(("", base, nil)) }
      for declarator in member.declarators {
        guard let type = apply(declarator, to: base) else { continue }
        var width: Int?
        if let written = declarator.bitWidth, let value = check(written), case .integer(let bits) = value.kind {
          guard type.isInteger else {
            report(.rule(tag: "D_DECL_BFTYPE", "a bit-field must be of an integer type"), declarator.range)
            continue
          }
          guard bits > 0 || bits == 0 && declarator.name == nil else {
            report(.rule(tag: "D_DECL_BFCONST", "a bit-field's size must be a positive integer"), written.range)
            continue
          }
          guard bits <= Int64((types.size(of: type) ?? 0) * 8) else {
            report(.rule(tag: "D_DECL_BFSIZE", "bit-field size is invalid"), declarator.range)
            continue
          }
          width = Int(bits)
        }
        if type == .function || type == .void {
          report(
            .rule(tag: "D_DECL_VOIDOBJ", "cannot have void member: \(declarator.name ?? "")"), declarator.range)
          continue
        }
        if laid.contains(where: { !$0.name.isEmpty && $0.name == declarator.name }) {
          report(.rule(tag: "D_UNKNOWN", "two members have one name: \(declarator.name ?? "")"), declarator.range)
          continue
        }
        if type != .string, types.size(of: type) == nil {
          report(
            .rule(tag: "D_DECL_INCOMPLETE", "incomplete type for member \(declarator.name ?? "")"),
            declarator.range)
          continue
        }
        laid.append((declarator.name ?? "", type, width))
      }
    }
    types.complete(index, members: laid)
    return .record(index)
  }

  private mutating func resolveEnumeration(
    _ tag: String?, _ members: [TypeSpecifiers.Enumerator]?, _ range: SourceRange
  ) -> DType? {
    let name = tag.map { "enum " + $0 } ?? "enum"
    guard let members else {
      if let known = types.find(name) { return known }
      // Its values may be told later, or never.
      let type = types.addEnumeration(name, values: [])
      types.define(name, as: type)
      return type
    }
    var next: Int64 = 0
    var values: [(String, Int64)] = []
    // A value may be made of those before it.
    parameters.append(parameters.last ?? [:])
    defer { parameters.removeLast() }
    for member in members {
      if let written = member.value {
        guard let value = check(written), case .integer(let constant) = value.kind else {
          report(
            .rule(tag: "D_DECL_ENCONST", "enumerator '\(member.name)' must be assigned an integral constant"),
            written.range)
          continue
        }
        next = constant
      }
      if values.contains(where: { $0.0 == member.name }) {
        report(.rule(tag: "D_UNKNOWN", "two enumerators have one name: \(member.name)"), member.range)
      } else if types.enumerators[member.name] != nil {
        report(.redeclared(member.name), member.range)
      }
      if Int32(exactly: next) == nil {
        report(.rule(tag: "D_DECL_ENOFLOW", "enumerator '\(member.name)' does not fit in an int"), member.range)
      }
      values.append((member.name, next))
      parameters[parameters.count - 1][member.name] = Typed(.integer(next), .int, member.range)
      next &+= 1
    }
    let type = types.addEnumeration(name, values: values)
    if tag != nil { types.define(name, as: type) }
    return type
  }
}
