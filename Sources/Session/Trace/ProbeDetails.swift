import Answers
import DSemantics
import DSyntax
import Source

extension ProbeDescription {
  /// What `-v` says of a probe below its line: how far its names and its arguments may be relied on, and the arguments' types.
  func details(types: [String]) -> [UInt8] {
    var text = "\n\tProbe Description Attributes\n"
    for line in ProviderAttributes.of(self).lines { text += line + "\n" }
    text += "\n\tArgument Attributes\n"
    for line in ProviderAttributes.arguments(of: self).lines { text += line + "\n" }
    return Array(text.utf8) + Listing.arguments(types)
  }
}

extension Compilation {
  /// `-v`: what each piece relies on, and with `-e` what its probes are.
  func stability(_ request: TraceRequest) -> [UInt8] {
    var bytes: [UInt8] = []
    let clauses = zip(pieces, zip(script.clauses, compiled.stability))
    for (place, piece) in request.pieces.enumerated() {
      let its = clauses.filter { $0.0 == place }.map(\.1)
      guard let first = its.first?.1 else { continue }
      let least = its.dropFirst().reduce(first) { $0.minimum($1.1) }
      let kind = piece.isScript ? "script" : "description"
      for line in least.lines(kind: kind, label: piece.label).dropLast() { bytes += Array((line + "\n").utf8) }
      guard request.compileOnly else {
        bytes.append(UInt8(ascii: "\n"))
        continue
      }
      for description in its.flatMap(\.0.probes) {
        bytes += Array(
          "\n\(description.provider):\(description.module):\(description.function):\(description.name)\n".utf8)
        bytes += description.details(types: types(of: description))
      }
    }
    return bytes
  }

  private func types(of description: ProbeDescription) -> [String] {
    var catalog = compiled.catalog
    let matched = catalog.match(
      provider: description.provider, module: description.module, function: description.function,
      name: description.name, id: description.id)
    return matched.first.map { catalog.argumentTypes(of: $0) } ?? []
  }
}
