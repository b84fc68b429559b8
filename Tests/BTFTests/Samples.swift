import BTF
import CBPF
import Testing

/// Types made by libbpf, every kind that can be had among them: the other party to what the reader must understand.
enum Samples {
  /// One of every kind, as bytes of a blob.
  static func everyKind() throws -> [UInt8] {
    // Safe throughout: libbpf's own object, freed here after its bytes are copied.
    guard let types = unsafe btf__new_empty() else { throw Judge.NotRead() }
    defer { unsafe btf__free(types) }
    let int = unsafe btf__add_int(types, "int", 4, CInt(BTF_INT_SIGNED))  // 1
    unsafe btf__add_int(types, "unsigned int", 4, 0)  // 2
    unsafe btf__add_int(types, "char", 1, CInt(BTF_INT_CHAR))  // 3
    unsafe btf__add_int(types, "_Bool", 1, CInt(BTF_INT_BOOL))  // 4
    unsafe btf__add_int(types, "long unsigned int", 8, 0)  // 5
    unsafe btf__add_ptr(types, 0)  // 6: void *
    unsafe btf__add_array(types, 2, 3, 16)  // 7: char[16]
    // 8: an anonymous union of an int and 16 chars
    unsafe btf__add_union(types, nil, 16)
    unsafe btf__add_field(types, "number", int, 0, 0)
    unsafe btf__add_field(types, "text", 7, 0, 0)
    // 9: struct inner { unsigned a : 3; int b : 5; union { … }; }
    unsafe btf__add_struct(types, "inner", 20)
    unsafe btf__add_field(types, "a", 2, 0, 3)
    unsafe btf__add_field(types, "b", 1, 3, 5)
    unsafe btf__add_field(types, nil, 8, 32, 0)
    unsafe btf__add_typedef(types, "inner_t", 9)  // 10
    unsafe btf__add_const(types, 10)  // 11
    unsafe btf__add_volatile(types, 11)  // 12
    unsafe btf__add_array(types, 2, 12, 3)  // 13: volatile const inner_t[3]
    unsafe btf__add_ptr(types, 15)  // 14: struct outer *
    // 15: struct outer { unsigned long first; inner_t rows[3]; struct outer *next; }
    unsafe btf__add_struct(types, "outer", 80)
    unsafe btf__add_field(types, "first", 5, 0, 0)
    unsafe btf__add_field(types, "rows", 13, 64, 0)
    unsafe btf__add_field(types, "next", 14, 576, 0)
    unsafe btf__add_enum(types, "colour", 4)  // 16
    unsafe btf__add_enum_value(types, "RED", 1)
    unsafe btf__add_enum_value(types, "GREEN", 2)
    unsafe btf__add_enum64(types, "wide", 8, true)  // 17
    unsafe btf__add_enum64_value(types, "LOW", UInt64(bitPattern: -5))
    unsafe btf__add_enum64_value(types, "HIGH", 1 << 40)
    unsafe btf__add_fwd(types, "elsewhere", BTF_FWD_UNION)  // 18
    unsafe btf__add_restrict(types, 14)  // 19
    // 20: void (void *, struct outer *, int)
    unsafe btf__add_func_proto(types, 0)
    unsafe btf__add_func_param(types, nil, 6)
    unsafe btf__add_func_param(types, nil, 14)
    unsafe btf__add_func_param(types, nil, 1)
    unsafe btf__add_ptr(types, 20)  // 21
    unsafe btf__add_typedef(types, "btf_trace_sample", 21)  // 22
    // 23: the same with names
    unsafe btf__add_func_proto(types, 0)
    unsafe btf__add_func_param(types, "__data", 6)
    unsafe btf__add_func_param(types, "outer", 14)
    unsafe btf__add_func_param(types, "count", 1)
    unsafe btf__add_func(types, "__probestub_sample", BTF_FUNC_STATIC, 23)  // 24
    unsafe btf__add_var(types, "global", CInt(BTF_VAR_STATIC), 1)  // 25
    unsafe btf__add_datasec(types, ".data", 4)  // 26
    unsafe btf__add_datasec_var_info(types, 25, 0, 4)
    unsafe btf__add_float(types, "double", 8)  // 27
    unsafe btf__add_decl_tag(types, "tag", 15, 1)  // 28
    unsafe btf__add_type_tag(types, "rcu", 9)  // 29
    let last = unsafe btf__add_ptr(types, 29)  // 30
    try #require(last == 30)
    return try unsafe bytes(of: types)
  }

  /// A copy of what libbpf would write.
  static func bytes(of types: OpaquePointer) throws -> [UInt8] {
    var count: UInt32 = 0
    guard let start = unsafe btf__raw_data(types, &count) else { throw Judge.NotRead() }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count)))
  }
}
