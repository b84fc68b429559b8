import BPFCode
import BTF
import Kernel

/// The least that can hang on every system call: a program that returns at once. It hangs there for as long as this value lives.
struct EmptyHook: ~Copyable {
  private let attachment: Attachment

  init() throws {
    let nothing: [Instruction] = [.arithmetic(.move, .r0, .immediate(0)), .exit]
    let spec = ProgramSpec(name: "empty", attachment: .tracepoint("sys_enter"), instructions: nothing)
    attachment = try Attachment(try Program(spec, maps: [], types: try TypeGraph.ofKernel()))
  }
}
