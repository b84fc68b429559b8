package import BPFCode
import Session

/// Where the running kernel keeps what builtins read, from its BTF.
package enum Offsets {
  package static let kernel: KernelOffsets = (try? Bench.types.get()).map { KernelOffsets($0) } ?? .x86
}
