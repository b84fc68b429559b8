import BPFCode
import EngineBench
import Foundation
import Glibc
import IR
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct DirectoryTests {
  /// What the program says of a thread of its own that has gone to the directory, and what the C library says.
  func ask(_ directory: String, capacity: Int = 256) throws -> (outcome: Outcome, real: String) {
    var sketch = Sketch()
    sketch.record([.text(sketch.text(capacity) { .textBuiltin($0, .currentDirectory) })])
    let bench = try Bench(sketch.finished, offsets: Offsets.kernel)
    return try Workers().run(in: 0) {
      // The directory is otherwise the whole process's.
      try #require(Self.hasOwnDirectory())
      let moved = unsafe chdir(directory) == 0
      try #require(moved)
      let real = unsafe String(cString: getcwd(nil, 0))
      return (Outcome(try bench.fire(0).first, sketch.clause), real)
    }
  }

  /// Gives this thread a directory of its own. The C library's declaration is for GNU C only.
  private static func hasOwnDirectory() -> Bool {
    let cloneFS: CInt = 0x200
    guard let symbol = unsafe dlsym(nil, "unshare") else { return false }
    let unshare = unsafe unsafeBitCast(symbol, to: (@convention(c) (CInt) -> CInt).self)
    return unshare(cloneFS) == 0
  }

  @Test(arguments: ["/", "/usr/share", "/proc/self/task", "/sys/kernel", "/dev"])
  func `live: cwd is where the thread is, over mounts`(_ directory: String) throws {
    let (outcome, real) = try ask(directory)
    #expect(outcome == .values([.text(real)]))
  }

  @Test func `live: of a long path the names that have room are told, from the end`() throws {
    let top = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: top) }
    let names = (0..<6).map { "\($0)" + String(repeating: "x", count: 59) }
    let deep = names.reduce(top) { $0.appending(path: $1) }
    try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
    let (outcome, _) = try ask(deep.path())
    #expect(outcome == .values([.text("/" + names.suffix(4).joined(separator: "/"))]))
    let (cut, real) = try ask("/usr/share", capacity: 6)
    #expect(cut == .values([.text(String(real.prefix(5)))]))
  }
}
