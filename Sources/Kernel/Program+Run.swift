import BPFCode
import CBPF
import Glibc

extension Program {
  /// Words of context that a raw tracepoint program can be run with (MAX_BPF_FUNC_ARGS).
  package static let contextWords = 12

  /// Runs a `called` program once, now, and gives what it returned.
  /// - Parameters:
  ///   - words: `ctx[0]`…, at most `contextWords`; the rest is zero.
  ///   - cpu: where it runs; nil for wherever this thread is.
  package func run(_ words: [UInt64] = [], cpu: Int? = nil) throws(KernelError) -> UInt32 {
    guard words.count <= Self.contextWords else { throw .badSpec("\(name): a context of \(words.count) words") }
    let context = words + [UInt64](repeating: 0, count: Self.contextWords - words.count)
    var options = unsafe bpf_test_run_opts()
    unsafe options.sz = MemoryLayout<bpf_test_run_opts>.size
    if let cpu {
      unsafe options.flags = UInt32(BPF_F_TEST_RUN_ON_CPU)
      unsafe options.cpu = UInt32(clamping: cpu)
    }
    // Safe: the context outlives the call.
    let result = unsafe context.withUnsafeBytes { context in
      unsafe options.ctx_in = UnsafeRawPointer(context.baseAddress!)
      unsafe options.ctx_size_in = UInt32(context.count)
      return unsafe bpf_prog_test_run_opts(descriptor, &options)
    }
    guard result >= 0 else { throw KernelError(SystemError(failed: "bpf(BPF_PROG_TEST_RUN) \(name)")) }
    return unsafe options.retval
  }
}
