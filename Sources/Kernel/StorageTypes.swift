import CBPF
import Glibc

/// The few types that a task's or a socket's storage must be described by: an `int` key and a `struct` value.
enum StorageTypes {
  static let key: UInt32 = 1
  static let value: UInt32 = 4

  /// Loads them for values of `valueSize` bytes.
  static func make(valueSize: Int) throws(SystemError) -> FileHandle {
    // Safe: libbpf's object is made, filled and freed here; its bytes are read before it is freed.
    guard let types = unsafe btf__new_empty() else { throw SystemError(failed: "btf__new_empty") }
    defer { unsafe btf__free(types) }
    let made = [
      unsafe btf__add_int(types, "int", 4, CInt(BTF_INT_SIGNED)),
      unsafe btf__add_int(types, "char", 1, 0),
      unsafe btf__add_array(types, 1, 2, UInt32(clamping: valueSize)),
      unsafe btf__add_struct(types, "value", UInt32(clamping: valueSize)),
      unsafe btf__add_field(types, "bytes", 3, 0, 0),
    ]
    if let failure = made.first(where: { $0 < 0 }) { throw SystemError(call: "btf__add_*", code: -failure) }
    return try unsafe loadTypes(types)
  }
}
