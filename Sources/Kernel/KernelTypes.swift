package import BTF
import Bytes
import Glibc

extension TypeGraph {
  /// The running kernel's types.
  /// - Parameter path: another blob to read in their place.
  package static func ofKernel(path: String = "/sys/kernel/btf/vmlinux") throws(KernelError) -> TypeGraph {
    let bytes: SharedBytes
    do throws(SystemError) {
      bytes = try wholeFile(path)
    } catch {
      throw .noBTF(error)
    }
    do throws(BTFError) {
      return try TypeGraph(bytes)
    } catch {
      throw .malformedBTF(error)
    }
  }

  /// More than any kernel's types.
  private static var limit: Int { 256 << 20 }

  private static func wholeFile(_ path: String) throws(SystemError) -> SharedBytes {
    let file = try FileHandle(reading: path)
    var status = stat()
    // Safe: the descriptor is open and the structure is ours.
    _ = try check("fstat(\(path))", unsafe fstat(file.raw, &status))
    let size = Int(status.st_size)
    guard size > 0, size <= limit else { return SharedBytes(try file.readAll(limit: limit)) }
    // sysfs gives at most a page a read: 1,400 calls for 5.5 MB. From 6.16 it can be mapped, which copies nothing.
    if let mapped = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.raw, 0),
      unsafe mapped != MAP_FAILED
    {
      // Safe: the mapping has `size` readable bytes, which are the kernel's own and do not change.
      return unsafe SharedBytes(adopting: UnsafeRawPointer(mapped), count: size) { start, count in
        unsafe munmap(UnsafeMutableRawPointer(mutating: start), count)
      }
    }
    return SharedBytes(try file.readAll(limit: size, chunk: size))
  }
}
