import BPFCode
import BTF
import CBPF
import Glibc

/// What the kernel must be told of a program beside its instructions.
struct LoadKind {
  var type: bpf_prog_type
  var attach: bpf_attach_type
  /// The BTF id of what it hangs on; 0 for none.
  var target: UInt32 = 0
  /// BPF_F_* of the load.
  var flags: UInt32 = 0

  init(type: bpf_prog_type, attach: bpf_attach_type = bpf_attach_type(0), target: UInt32 = 0, flags: UInt32 = 0) {
    self.type = type
    self.attach = attach
    self.target = target
    self.flags = flags
  }

  init(_ attachment: ProgramSpec.Attachment, _ types: TypeGraph?) throws(KernelError) {
    switch attachment {
    case .tracepoint(let name):
      (type, attach) = (BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP)
      guard let types else { throw .noBTF(SystemError(call: "tp_btf/\(name)", code: ENOENT)) }
      guard let id = types.typedef(named: "btf_trace_" + name) else {
        throw .noSuchTracepoint(name, nearest: nearest(to: name, among: types.tracepointNames))
      }
      target = id.rawValue
    case .called:
      (type, attach) = (BPF_PROG_TYPE_RAW_TRACEPOINT, bpf_attach_type(0))
    case .cpuClock, .counter:
      (type, attach) = (BPF_PROG_TYPE_PERF_EVENT, bpf_attach_type(0))
    case .userCode:
      (type, attach) = (BPF_PROG_TYPE_KPROBE, bpf_attach_type(UInt32(CULPRIT_TRACE_UPROBE_MULTI)))
    case .traceEvent:
      (type, attach) = (BPF_PROG_TYPE_TRACEPOINT, bpf_attach_type(0))
    case .iterator(let name):
      (type, attach) = (BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER)
      guard let types else { throw .noBTF(SystemError(call: "iter/\(name)", code: ENOENT)) }
      guard let id = types.function(named: "bpf_iter_" + name) else {
        throw .noSuchIterator(name, nearest: nearest(to: name, among: types.iteratorNames))
      }
      target = id.rawValue
    }
  }
}

/// One attempt; the descriptor or -1 with errno.
func load(
  _ name: String, _ words: [UInt64], _ kind: LoadKind, _ functions: FunctionTypes? = nil,
  log: UnsafeMutableBufferPointer<CChar>? = nil, level: UInt32 = LogLevel.refusal
) -> CInt {
  var options = unsafe bpf_prog_load_opts()
  // Safe: all that the options point to outlives the call; `struct bpf_insn` is 8 bytes, which the words are.
  unsafe options.sz = MemoryLayout<bpf_prog_load_opts>.size
  unsafe options.expected_attach_type = kind.attach
  unsafe options.attach_btf_id = kind.target
  unsafe options.prog_flags = kind.flags
  if let log = unsafe log {
    unsafe options.log_buf = log.baseAddress
    unsafe options.log_size = UInt32(clamping: log.count)
    unsafe options.log_level = level
  }
  return unsafe (functions?.entries ?? []).withUnsafeBufferPointer { entries in
    if let functions {
      unsafe options.prog_btf_fd = UInt32(functions.types.raw)
      unsafe options.func_info = UnsafeRawPointer(entries.baseAddress)
      unsafe options.func_info_cnt = UInt32(entries.count)
      unsafe options.func_info_rec_size = UInt32(MemoryLayout<bpf_func_info>.size)
    }
    return unsafe words.withUnsafeBytes { words in
      unsafe bpf_prog_load(
        kind.type, kernelName(name), "GPL", words.baseAddress!.assumingMemoryBound(to: bpf_insn.self), words.count / 8,
        &options)
    }
  }
}

/// BPF_LOG_LEVEL1, BPF_LOG_LEVEL2 and BPF_LOG_STATS (linux/bpf_verifier.h).
enum LogLevel {
  static let refusal: UInt32 = 1
  static let everything: UInt32 = 1 | 2 | 4
}

/// Loads and listens to the verifier; larger logs are tried until the whole one fits. Where none of the sizes does, ENOSPC is left in errno
/// and the log is what there was room for.
func loadWithLog(
  _ name: String, _ words: [UInt64], _ kind: LoadKind, _ functions: FunctionTypes?, sizes: ClosedRange<Int>,
  level: UInt32 = LogLevel.refusal
) -> (CInt, String) {
  var size = sizes.lowerBound
  while true {
    let log = UnsafeMutableBufferPointer<CChar>.allocate(capacity: size)
    // Safe: freed on every way out; the kernel ends the log with a NUL within the buffer, and so does the first byte here.
    defer { unsafe log.deallocate() }
    unsafe log[0] = 0
    let raw = unsafe load(name, words, kind, functions, log: log, level: level)
    let code = errno
    // ENOSPC: the log did not fit.
    if raw < 0, code == ENOSPC, size < sizes.upperBound {
      size = min(size << 3, sizes.upperBound)
      continue
    }
    let text = unsafe String(cString: log.baseAddress!)
    errno = code
    return (raw, text)
  }
}
