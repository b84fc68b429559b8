import BPFCode
import BTF
import Glibc
import Kernel

/// What the tests that go into the running kernel need.
enum Live {
  /// Root, and the kernel's types: asked once.
  static let allowed = geteuid() == 0 && (try? types.get()) != nil

  static let types = Result { try TypeGraph.ofKernel() }

  /// This process' number, as `bpf_get_current_pid_tgid` gives it in the upper half.
  static let process = Int32(getpid())

  /// The instructions that leave with 0 unless this process is the current one; the context is kept in r6.
  static var onlyHere: [Instruction] {
    [
      Assembly.copy(6, 1), Assembly.call(Assembly.currentProcess), Assembly.shiftRight(0, 32),
      Assembly.skip(2, if: 0, is: process), Assembly.set(0, 0), Assembly.exit,
    ]
  }
}

extension [UInt8] {
  /// The 64-bit number at `offset`, as this machine stores it.
  func number(at offset: Int = 0) -> UInt64 {
    (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(self[offset + $1]) }
  }

  /// A number's bytes, as this machine stores them.
  init<T: FixedWidthInteger>(_ value: T) {
    self = (0..<(T.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (T($0) * 8)) }
  }
}
