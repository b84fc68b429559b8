package import BPFCode
import Files
import Glibc
package import Kernel
package import Source

/// A program that the kernel's verifier refused, for people: whose mistake that is, where it is in the D text and in the emitted
/// program, what the verifier said, and the file with everything it said.
package struct RefusalReport {
  /// Lines; the first one is the whole message in short.
  package let text: String
  /// The file with the log; nil where none could be written.
  package let path: String?

  /// Writes the log. `source` is the D text, nil for programs of our own.
  package init(
    _ refusal: VerifierRefusal, of emitted: EmittedObject, source: SourceText?, in directory: String = "/tmp"
  ) {
    var lines = [refusal.text + "; this is a mistake of culprit's, not of the D program"]
    if let source, let origin = refusal.origin {
      let place = source.presumedPosition(of: origin.lowerBound)
      let line = source.line(source.position(of: origin.lowerBound).line)
      lines.append("  \(place.name):\(place.position.line):\(place.position.column): \(line)")
    }
    let program = emitted.spec.programs.first { $0.name == refusal.program }
    let listing = program?.disassembly(maps: emitted.spec.maps) ?? []
    // Instructions that take two words have one line.
    if let number = refusal.instruction,
      let line = listing.last(where: { Self.number(of: $0).map { $0 <= number } ?? false })
    {
      lines.append("  instruction \(line.drop { $0 == " " })")
    }
    lines.append("  verifier: \(refusal.complaint ?? refusal.error.text)")
    path = Self.write(refusal.log + "\n" + listing.joined(separator: "\n") + "\n", in: directory)
    lines.append(
      path.map { "  the whole log and the program are in \($0)" } ?? "  the log could not be written to \(directory)")
    text = lines.joined(separator: "\n")
  }

  private static func number(of line: String) -> Int? {
    Int(line.drop { $0 == " " }.prefix { $0.isNumber })
  }

  private static func write(_ text: String, in directory: String) -> String? {
    for number in 0..<100 {
      let path = "\(directory)/culprit-verifier-\(number).log"
      guard let descriptor = try? openNew(path) else { continue }
      defer { _ = Glibc.close(descriptor) }
      let bytes = Array(text.utf8)
      return Files.write(RawSpan(_elements: bytes.span), to: descriptor) ? path : nil
    }
    return nil
  }
}
