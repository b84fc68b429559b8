import BPFCode
import CBPF
import Glibc

extension Map {
  /// Bytes that the kernel gives or takes for one key: a per-CPU map has a value for every possible CPU, each padded to 8.
  package var fullValueSize: Int {
    spec.kind.isPerCPU ? ((spec.valueSize + 7) & ~7) * CPUs.possible : spec.valueSize
  }

  /// The value of a key, or nil when there is none.
  package func value(of key: [UInt8]) throws(SystemError) -> [UInt8]? {
    try expect(key, spec.keySize)
    var found: CInt = 0
    let full = fullValueSize
    // Safe: the key has the map's key size, and the kernel writes exactly a full value.
    let value = unsafe [UInt8](unsafeUninitializedCapacity: full) { buffer, count in
      found = unsafe bpf_map_lookup_elem(descriptor, key, buffer.baseAddress)
      count = found == 0 ? full : 0
    }
    if found != 0 {
      let error = SystemError(failed: "bpf(BPF_MAP_LOOKUP_ELEM) \(spec.name)")
      if error.code == ENOENT { return nil }
      throw error
    }
    return value
  }

  /// Sets a key's value; in a per-CPU map `value` is a full one.
  package func update(_ key: [UInt8], _ value: [UInt8]) throws(SystemError) {
    try expect(key, spec.keySize)
    try expect(value, fullValueSize)
    // Safe: both have the sizes that the kernel reads. A map without keys wants no address of one.
    let result =
      key.isEmpty
      ? unsafe bpf_map_update_elem(descriptor, nil, value, 0) : unsafe bpf_map_update_elem(descriptor, key, value, 0)
    _ = try check("bpf(BPF_MAP_UPDATE_ELEM) \(spec.name)", result)
  }

  /// A value as `update` takes it: in a per-CPU map, the same one for every processor.
  package func onEveryCPU(_ value: [UInt8]) -> [UInt8] {
    guard spec.kind.isPerCPU else { return value }
    let padded = value + [UInt8](repeating: 0, count: (8 - value.count % 8) % 8)
    return (0..<CPUs.possible).flatMap { _ in padded }
  }

  /// Puts a program into a program array.
  func put(_ program: Program, at key: [UInt8]) throws(KernelError) {
    do throws(SystemError) {
      try update(key, (0..<4).map { UInt8(truncatingIfNeeded: program.descriptor >> ($0 * 8)) })
    } catch {
      throw KernelError(error)
    }
  }

  /// - Returns: false when there was nothing to delete.
  @discardableResult
  package func delete(_ key: [UInt8]) throws(SystemError) -> Bool {
    try expect(key, spec.keySize)
    // Safe: the key has the map's key size.
    guard unsafe bpf_map_delete_elem(descriptor, key) != 0 else { return true }
    let error = SystemError(failed: "bpf(BPF_MAP_DELETE_ELEM) \(spec.name)")
    if error.code == ENOENT { return false }
    throw error
  }

  private func expect(_ bytes: [UInt8], _ count: Int) throws(SystemError) {
    guard bytes.count == count else {
      throw SystemError(call: "map \(spec.name): \(bytes.count) bytes for \(count)", code: EINVAL)
    }
  }
}
