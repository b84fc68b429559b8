package import BPFCode
package import BTF
import CBPF
import Glibc

/// A program in the kernel. It goes when the last of its owners and attachments lets go.
package final class Program: Sendable {
  package let name: String
  package let attachment: ProgramSpec.Attachment
  let handle: FileHandle

  package var descriptor: CInt { handle.raw }

  /// Loads the program: `maps` are what its references count, `types` where its attachment is looked up.
  package init(_ spec: ProgramSpec, maps: [Map], types: TypeGraph?) throws(KernelError) {
    name = spec.name
    attachment = spec.attachment
    let words = try spec.patched(with: maps)
    let kind = try LoadKind(spec.attachment, types)
    var raw = load(spec.name, words, kind, log: nil)
    if raw < 0 {
      let error = SystemError(failed: "bpf(BPF_PROG_LOAD) \(spec.name)")
      // A refusal of the privileges has no log worth having.
      if error.code == EPERM { throw .notPermitted(error) }
      let log: String
      (raw, log) = loadWithLog(spec.name, words, kind)
      guard raw >= 0 else {
        throw .verifier(VerifierRefusal(of: spec.name, error: error, log: log, origins: spec.origins))
      }
    }
    handle = FileHandle(adopting: raw)
  }
}

/// What the kernel must be told of a program beside its instructions.
struct LoadKind {
  var type: bpf_prog_type
  var attach: bpf_attach_type
  /// The BTF id of what it hangs on; 0 for none.
  var target: UInt32 = 0

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
    case .cpuClock:
      (type, attach) = (BPF_PROG_TYPE_PERF_EVENT, bpf_attach_type(0))
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

extension ProgramSpec {
  /// The instructions' words with descriptors in place of references to maps.
  func patched(with maps: [Map]) throws(KernelError) -> [UInt64] {
    guard !instructions.isEmpty else { throw .badSpec("program \(name) has no instructions") }
    var words = instructions.map(\.word)
    for reference in mapReferences {
      guard maps.indices.contains(reference.map), words.indices.contains(reference.instruction),
        words.indices.contains(reference.instruction + 1), words[reference.instruction] & 0xff == 0x18
      else { throw .badSpec("program \(name): a reference to map \(reference.map) at \(reference.instruction)") }
      // The source register says what the immediate is: BPF_PSEUDO_MAP_FD or BPF_PSEUDO_MAP_VALUE.
      let pseudo: UInt64 = reference.valueOffset == nil ? 1 : 2
      let descriptor = UInt64(UInt32(bitPattern: maps[reference.map].descriptor))
      words[reference.instruction] = words[reference.instruction] & 0x0fff | pseudo << 12 | descriptor << 32
      words[reference.instruction + 1] = UInt64(UInt32(clamping: reference.valueOffset ?? 0)) << 32
    }
    return words
  }
}

/// One attempt; the descriptor or -1 with errno.
private func load(_ name: String, _ words: [UInt64], _ kind: LoadKind, log: UnsafeMutableBufferPointer<CChar>?) -> CInt
{
  var options = unsafe bpf_prog_load_opts()
  // Safe: all that the options point to outlives the call; `struct bpf_insn` is 8 bytes, which the words are.
  unsafe options.sz = MemoryLayout<bpf_prog_load_opts>.size
  unsafe options.expected_attach_type = kind.attach
  unsafe options.attach_btf_id = kind.target
  if let log = unsafe log {
    unsafe options.log_buf = log.baseAddress
    unsafe options.log_size = UInt32(clamping: log.count)
    unsafe options.log_level = 1
  }
  return unsafe words.withUnsafeBytes { words in
    unsafe bpf_prog_load(
      kind.type, kernelName(name), "GPL", words.baseAddress!.assumingMemoryBound(to: bpf_insn.self), words.count / 8,
      &options)
  }
}

/// Loads again to hear why it was refused; larger logs are tried until the whole one fits.
private func loadWithLog(_ name: String, _ words: [UInt64], _ kind: LoadKind) -> (CInt, String) {
  var size = 1 << 18
  while true {
    let log = UnsafeMutableBufferPointer<CChar>.allocate(capacity: size)
    // Safe: freed on every way out; the kernel ends the log with a NUL within the buffer, and so does the first byte here.
    defer { unsafe log.deallocate() }
    unsafe log[0] = 0
    let raw = unsafe load(name, words, kind, log: log)
    // ENOSPC: the log did not fit.
    if raw < 0, errno == ENOSPC, size < 1 << 26 {
      size <<= 3
      continue
    }
    return (raw, unsafe String(cString: log.baseAddress!))
  }
}
