import CBPF
import Glibc

/// The types that a program with callbacks must be loaded with: the verifier takes the address of a function
/// (`bpf_loop`, `bpf_for_each_map_elem`) only when every function of the program is described by BTF as static.
final class FunctionTypes: Sendable {
  let types: FileHandle
  /// Where each function begins and its type, in the order of the instructions.
  let entries: [bpf_func_info]

  /// Nil when the program takes no function's address: calls alone need no types.
  init?(of words: [UInt64]) throws(SystemError) {
    var starts: Set<Int> = [0]
    var needed = false
    var place = 0
    while place < words.count {
      let word = words[place]
      let (code, source) = (word & 0xff, word >> 12 & 0xf)
      let target = place + 1 + Int(Int32(truncatingIfNeeded: Int64(bitPattern: word) >> 32))
      // BPF_PSEUDO_FUNC in a wide load, BPF_PSEUDO_CALL in a call.
      if code == 0x18, source == 4 {
        needed = true
        starts.insert(target)
      } else if code == 0x85, source == 1 {
        starts.insert(target)
      }
      place += code == 0x18 ? 2 : 1
    }
    guard needed else { return nil }
    // Safe: libbpf's object is made, filled and freed here; its bytes are read before it is freed.
    guard let made = unsafe btf__new_empty() else { throw SystemError(failed: "btf__new_empty") }
    defer { unsafe btf__free(made) }
    let int = unsafe btf__add_int(made, "int", 4, CInt(BTF_INT_SIGNED))
    let prototype = unsafe btf__add_func_proto(made, int)
    var entries: [bpf_func_info] = []
    for start in starts.sorted() {
      let name = start == 0 ? "entry" : "function_\(start)"
      let type = unsafe btf__add_func(made, name, BTF_FUNC_STATIC, prototype)
      guard type > 0 else { throw SystemError(call: "btf__add_func", code: -type) }
      entries.append(bpf_func_info(insn_off: UInt32(clamping: start), type_id: UInt32(type)))
    }
    self.entries = entries
    types = try unsafe loadTypes(made)
  }
}

/// Brings types made with libbpf into the kernel.
func loadTypes(_ types: OpaquePointer) throws(SystemError) -> FileHandle {
  var size: UInt32 = 0
  // Safe: the bytes are libbpf's, and live as long as the types do.
  guard let bytes = unsafe btf__raw_data(types, &size) else { throw SystemError(failed: "btf__raw_data") }
  return FileHandle(adopting: try check("bpf(BPF_BTF_LOAD)", unsafe bpf_btf_load(bytes, Int(size), nil)))
}
