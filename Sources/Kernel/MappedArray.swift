import BPFCode
import Glibc
import Synchronization

/// The values of an array map where the kernel has them: read and written without a call, while programs do the same.
///
/// Safe: the pointer is its own mapping, which lives as long as it does, and every access is checked against its size.
@safe
package struct MappedArray: ~Copyable {
  private let start: UnsafeMutableRawPointer
  private let mapped: Int
  /// Bytes from one value to the next: the kernel aligns them to 8.
  package let stride: Int
  package let count: Int
  private let map: Map

  /// - Parameter map: an array made with BPF_F_MMAPABLE (1024) and not frozen.
  package init(_ map: Map) throws(KernelError) {
    guard map.spec.kind == .array, map.spec.flags & 1024 != 0 else {
      throw .badSpec("map \(map.spec.name) cannot be mapped")
    }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let stride = (map.spec.valueSize + 7) & ~7
    let count = map.spec.maxEntries
    let mapped = (stride * count + page - 1) / page * page
    // Safe: the length is the one that the kernel made the values with; unmapped only in deinit.
    let start = unsafe mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, map.descriptor, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      throw KernelError(SystemError(failed: "mmap(\(map.spec.name))"))
    }
    self.map = map
    self.stride = stride
    self.count = count
    self.mapped = mapped
    unsafe self.start = start
  }

  deinit { unsafe munmap(start, mapped) }

  /// The 64-bit number at `offset` in value `index`; traps when it is outside or not aligned to 8.
  package func number(_ index: Int = 0, at offset: Int = 0) -> UInt64 {
    unsafe word(index, offset).pointee.load(ordering: .relaxed)
  }

  /// Stores the 64-bit number at `offset` in value `index`; traps as `number` does.
  package func set(_ value: UInt64, _ index: Int = 0, at offset: Int = 0) {
    unsafe word(index, offset).pointee.store(value, ordering: .relaxed)
  }

  private func word(_ index: Int, _ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    precondition((0..<count).contains(index) && offset >= 0 && offset % 8 == 0 && offset + 8 <= stride)
    // Safe: checked above; a word of the kernel's is read and written whole.
    return unsafe (start + index * stride + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
  }
}
