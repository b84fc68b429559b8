import BTF
import CBPF
import Testing

/// libbpf's reading of a file: the outside opinion on what is in it.
///
/// Safe: the object lives as long as this, and every answer is copied before the call returns.
@safe
struct Judge: ~Copyable {
  private let types: OpaquePointer

  init(path: String) throws {
    guard let types = unsafe btf__parse(path, nil) else { throw NotRead() }
    unsafe self.types = types
  }

  deinit { unsafe btf__free(types) }

  struct NotRead: Error {}

  var count: Int { Int(unsafe btf__type_cnt(types)) }

  func record(_ id: UInt32) throws -> btf_type {
    guard let record = unsafe btf__type_by_id(types, id) else { throw NotRead() }
    return unsafe record.pointee
  }

  func name(_ record: btf_type) -> String { unsafe String(cString: btf__name_by_offset(types, record.name_off)) }

  /// Negative where libbpf knows none.
  func size(_ id: UInt32) -> Int { Int(unsafe btf__resolve_size(types, id)) }

  func bitOffset(_ id: UInt32, _ member: Int) -> Int {
    Int(unsafe btf_member_bit_offset(btf__type_by_id(types, id), UInt32(member)))
  }

  func bitCount(_ id: UInt32, _ member: Int) -> Int {
    Int(unsafe btf_member_bitfield_size(btf__type_by_id(types, id), UInt32(member)))
  }

  func find(_ name: String, _ kind: Kind) -> TypeID {
    TypeID(UInt32(bitPattern: unsafe btf__find_by_name_kind(types, name, UInt32(kind.rawValue))))
  }
}
