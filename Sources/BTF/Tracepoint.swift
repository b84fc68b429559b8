/// A tracepoint that `tp_btf` can hang on, as the kernel describes it: the typedef `btf_trace_NAME`.
package struct Tracepoint: Sendable, Hashable {
  package var name: String
  /// What a program that hangs on it is loaded with (`attach_btf_id`).
  package var attachID: TypeID
  /// `ctx[0]`, `ctx[1]`… in order.
  package var arguments: [TracepointArgument]
}

/// One word of a tracepoint's context.
package struct TracepointArgument: Sendable, Hashable {
  package var type: TypeID
  /// The structure or union it points to, when it does.
  package var structure: TypeID?
}

extension TypeGraph {
  private static var prefix: String { "btf_trace_" }

  package func tracepoint(named name: String) -> Tracepoint? {
    guard let typedef = typedef(named: Self.prefix + name), let alias = record(typedef),
      let pointer = record(TypeID(alias.word)), pointer.kind == .pointer,
      let prototype = record(TypeID(pointer.word)), prototype.kind == .prototype
    else { return nil }
    var arguments: [TracepointArgument] = []
    // The first parameter is the `void *` that the tracepoint was registered with; programs do not see it.
    for index in 1..<max(1, prototype.count) {
      let type = TypeID(word(at: prototype.entries + index * 8 + 4))
      arguments.append(TracepointArgument(type: type, structure: structure(behind: type)))
    }
    return Tracepoint(name: name, attachID: typedef, arguments: arguments)
  }

  /// The names of every tracepoint, in the list's order.
  package var tracepointNames: [String] {
    all(.typedef, prefix: Self.prefix).map { String($0.name.dropFirst(Self.prefix.count)) }
  }

  /// The structure or union that a pointer type leads to.
  package func structure(behind type: TypeID) -> TypeID? {
    guard let pointer = record(resolved(type)), pointer.kind == .pointer else { return nil }
    let target = resolved(TypeID(pointer.word))
    return kind(of: target).isStructureOrUnion ? target : nil
  }

  /// The arguments' names, or nil where the kernel does not have them. `btf_trace_NAME` has none itself; the functions that
  /// serve the tracepoint have, and to find one costs an index of all functions: ask where somebody reads the answer.
  package func argumentNames(of point: Tracepoint) -> [String]? {
    for function in ["__probestub_" + point.name, "__traceiter_" + point.name, "__bpf_trace_" + point.name] {
      guard let id = self.function(named: function), let record = record(id),
        let prototype = self.record(TypeID(record.word)), prototype.kind == .prototype,
        prototype.count == point.arguments.count + 1
      else { continue }
      return (1..<prototype.count).map { text(at: Int(word(at: prototype.entries + $0 * 8))) }
    }
    return nil
  }
}
