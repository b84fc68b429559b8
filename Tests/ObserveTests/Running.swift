import Foundation
import Support
import Testing

/// Runs the built `culprit` to its end.
func culprit(_ arguments: String..., in side: Lab.Side? = nil) throws -> (
  output: [String], errors: [String], end: Child.End
) {
  let child = try Child([Lab.program("culprit")] + arguments, in: side)
  let end = child.wait(within: 60)
  return (child.output, child.errors, end)
}

/// A directory that is removed with its holder.
final class Folder {
  let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// The built `culprit` where anybody may run it. Another process copies it: one that this process had open for writing could not
  /// be executed while a child that was born meanwhile holds it too (ETXTBSY).
  func program() throws -> String {
    let copy = try Child(["cp", Lab.program("culprit"), file("culprit")])
    #expect(copy.wait() == .exited(0))
    return file("culprit")
  }
}
