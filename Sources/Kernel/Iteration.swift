import BPFCode
import CBPF
import Glibc

extension Program {
  /// Runs an iterator program over everything it visits and gives what it wrote (`bpf_seq_write`).
  /// - Parameters:
  ///   - process: visit this process' tasks only (task iterators, Linux 6.1 and later).
  ///   - limit: bytes after which reading stops.
  package func iterate(process: Int32? = nil, limit: Int = 256 << 20) throws(KernelError) -> [UInt8] {
    guard case .iterator(let kind) = attachment else { throw .badSpec("\(name) is no iterator") }
    do throws(SystemError) {
      let link = FileHandle(adopting: try check("bpf(BPF_LINK_CREATE) iter/\(kind)", link(process: process)))
      let reader = FileHandle(adopting: try check("bpf(BPF_ITER_CREATE) iter/\(kind)", bpf_iter_create(link.raw)))
      return try reader.readAll(limit: limit)
    } catch {
      throw KernelError(error)
    }
  }

  private func link(process: Int32?) -> CInt {
    var options = unsafe bpf_link_create_opts()
    unsafe options.sz = MemoryLayout<bpf_link_create_opts>.size
    guard let process else { return unsafe bpf_link_create(descriptor, 0, BPF_TRACE_ITER, &options) }
    var info = bpf_iter_link_info()
    // Safe: the union is ours, and this member is the one that task iterators read.
    unsafe info.task.pid = UInt32(bitPattern: process)
    // Safe: the description outlives the call.
    return unsafe withUnsafeMutablePointer(to: &info) { info in
      unsafe options.iter_info = info
      unsafe options.iter_info_len = UInt32(MemoryLayout<bpf_iter_link_info>.size)
      return unsafe bpf_link_create(descriptor, 0, BPF_TRACE_ITER, &options)
    }
  }
}
