import Foundation
import Support
import Testing

/// A run of culprit, from its words to its last line.
struct Run {
  let output: [String]
  let errors: [String]
  let end: Child.End

  /// Runs it to its end.
  init(
    _ arguments: [String], in namespace: Lab.Side? = nil, environment: [String: String] = [:],
    program: String = Lab.program("culprit")
  ) throws {
    let child = try Child([program] + arguments, in: namespace, environment: environment)
    end = child.wait(within: 60)
    (output, errors) = (child.output, child.errors)
  }

  /// A D program over a command that is started for it; only what it prints.
  init(_ text: String, command: String, options: [String] = []) throws {
    try self.init(options + ["-q", "-n", text, "-c", command])
  }

  /// The lines that are not empty.
  var lines: [String] { output.filter { !$0.isEmpty } }
}

extension Lab {
  /// Whether D programs can run in this kernel.
  static let traces = isRoot && hasBPF
}

extension TemporaryFile {
  /// With these bytes in it.
  convenience init(_ bytes: some Sequence<UInt8>) throws {
    self.init()
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// Executable, with this text in it.
  convenience init(script: String) throws {
    try self.init(script.utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }
}
