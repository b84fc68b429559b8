import BTF
import Foundation
import Kernel
import Testing

/// The ways by which a file's bytes become a graph.
struct ReadingTests {
  @Test func `a file is mapped`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "btf-\(UUID())")
    try Data(Samples.everyKind()).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try TypeGraph.ofKernel(path: file.path).count == 31)
  }

  @Test func `what cannot be mapped is read to its end`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(Samples.everyKind()))
    // The path opens the pipe once more; the end comes when nobody can write.
    let path = "/proc/self/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    try pipe.fileHandleForWriting.close()
    #expect(try TypeGraph.ofKernel(path: path).count == 31)
  }

  @Test func `a file that is not there, or is no BTF, is an error that says so`() throws {
    let missing = #expect(throws: KernelError.self) { _ = try TypeGraph.ofKernel(path: "/nowhere/vmlinux") }
    #expect(missing?.text.contains("open(/nowhere/vmlinux): ENOENT") == true)
    let other = #expect(throws: KernelError.self) { _ = try TypeGraph.ofKernel(path: "/proc/self/exe") }
    #expect(other?.text == "not BTF: the magic is 0x457f")
  }
}
