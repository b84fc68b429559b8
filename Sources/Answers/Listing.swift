/// What dtrace says about probes outside a run: `-l` and the notice at the start.
package enum Listing {
  /// The first line of `-l`.
  package static let header = line(id: "ID", provider: "PROVIDER", module: "MODULE", function: "FUNCTION", name: "NAME")

  /// One probe's line, its newline included.
  package static func line(id: UInt32, provider: String, module: String, function: String, name: String) -> [UInt8] {
    line(id: String(id), provider: provider, module: module, function: function, name: name)
  }

  private static func line(id: String, provider: String, module: String, function: String, name: String) -> [UInt8] {
    var line: [UInt8] = []
    for (text, width) in [(id, 5), (provider, 10), (module, 17), (function, 33)] {
      line.put(blanks: width - text.utf8.count)
      line.put(text)
      line.append(UInt8(ascii: " "))
    }
    line.put(name)
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// What `-v` adds to a probe's line: the types of `args[0]`…
  package static func arguments(_ types: [String]) -> [UInt8] {
    var lines = Array("\n\tArgument Types\n".utf8)
    for (index, type) in types.enumerated() { lines.put("\t\targs[\(index)]: \(type)\n") }
    if types.isEmpty { lines.put("\t\tNone\n") }
    lines.append(UInt8(ascii: "\n"))
    return lines
  }

  /// What a program was given as.
  package enum Origin: String, Sendable { case description, script }

  /// The notice after "dtrace: ": `description 'syscall::open:entry' matched 1 probe`.
  package static func matched(_ origin: Origin, _ text: String, probes: Int) -> String {
    "\(origin.rawValue) '\(text)' matched \(probes) probe\(probes == 1 ? "" : "s")"
  }
}
