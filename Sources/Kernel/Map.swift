package import BPFCode
import CBPF
import Glibc

/// A map in the kernel. Programs, readers and the session name the same one, so it is shared; it is closed when the last
/// of them lets go.
package final class Map: Sendable {
  package let spec: MapSpec
  let handle: FileHandle
  /// What the type part of a task's or socket's storage is described by; kept as long as the map.
  private let types: FileHandle?

  package var descriptor: CInt { handle.raw }

  init(spec: MapSpec, handle: consuming FileHandle, types: consuming FileHandle?) {
    self.spec = spec
    self.handle = handle
    self.types = types
  }

  /// Makes the map, puts its contents in and freezes it where the spec says so.
  package convenience init(_ spec: MapSpec) throws(KernelError) {
    for entry in spec.contents {
      guard entry.key.count == spec.keySize, entry.value.count == spec.valueSize else {
        throw .badSpec("map \(spec.name): an entry of \(entry.key.count)+\(entry.value.count) bytes")
      }
    }
    do throws(SystemError) {
      var options = bpf_map_create_opts()
      options.sz = MemoryLayout<bpf_map_create_opts>.size
      options.map_flags = spec.flags
      var types: FileHandle?
      if let ids = spec.kind.storage {
        let made = try StorageTypes.make(valueSize: spec.valueSize)
        options.map_flags |= UInt32(BPF_F_NO_PREALLOC)
        options.btf_fd = UInt32(made.raw)
        options.btf_key_type_id = ids.key
        options.btf_value_type_id = ids.value
        types = consume made
      }
      let name = kernelName(spec.name)
      // Safe: every argument outlives the call.
      let raw = unsafe bpf_map_create(
        spec.kind.type, name, UInt32(clamping: spec.keySize), UInt32(clamping: spec.valueSize),
        UInt32(clamping: spec.maxEntries * (spec.perProcessor ? CPUs.possible : 1)), &options)
      let handle = FileHandle(adopting: try check("bpf(BPF_MAP_CREATE) \(spec.name)", raw))
      self.init(spec: spec, handle: handle, types: types)
      // What a program array holds is known when the programs are: `LoadedObject` puts them in.
      if spec.kind != .programArray {
        for entry in spec.contents { try update(entry.key, onEveryCPU(entry.value)) }
      }
      if spec.frozen { _ = try check("bpf(BPF_MAP_FREEZE) \(spec.name)", bpf_map_freeze(descriptor)) }
    } catch {
      throw KernelError(error)
    }
  }
}

extension MapSpec.Kind {
  var type: bpf_map_type {
    switch self {
    case .array: BPF_MAP_TYPE_ARRAY
    case .perCPUArray: BPF_MAP_TYPE_PERCPU_ARRAY
    case .hash: BPF_MAP_TYPE_HASH
    case .perCPUHash: BPF_MAP_TYPE_PERCPU_HASH
    case .lruHash: BPF_MAP_TYPE_LRU_HASH
    case .ringBuffer: BPF_MAP_TYPE_RINGBUF
    case .taskStorage: BPF_MAP_TYPE_TASK_STORAGE
    case .stackTrace: BPF_MAP_TYPE_STACK_TRACE
    case .socketStorage: BPF_MAP_TYPE_SK_STORAGE
    case .programArray: BPF_MAP_TYPE_PROG_ARRAY
    case .queue: BPF_MAP_TYPE_QUEUE
    }
  }

  /// Storage that hangs on kernel objects must say by BTF what it holds: the ids that `StorageTypes` gives them.
  var storage: (key: UInt32, value: UInt32)? {
    switch self {
    case .taskStorage, .socketStorage: (StorageTypes.key, StorageTypes.value)
    default: nil
    }
  }

  var isPerCPU: Bool { self == .perCPUArray || self == .perCPUHash }
}

/// What the kernel takes as an object's name: 15 bytes of letters, digits, `_` and `.`.
func kernelName(_ name: String) -> String {
  String(
    decoding: name.utf8.prefix(15).map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
        byte
      default: UInt8(ascii: "_")
      }
    }, as: UTF8.self)
}
