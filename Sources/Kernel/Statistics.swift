import CBPF
import Glibc

/// What the kernel counts of a program.
package struct ProgramStatistics: Sendable, Hashable {
  /// The program's id, as `bpftool prog` shows it.
  package var id: UInt32
  /// Firings that were lost because the program was running on that processor already (Linux 5.12 and later).
  package var recursionMisses: UInt64
  /// Runs, and nanoseconds in them; counted only while somebody holds a `RunTimeCounting`.
  package var runs: UInt64
  package var runTime: UInt64
  /// Instructions that the verifier looked at (Linux 5.16 and later).
  package var verifiedInstructions: UInt32
  /// Bytes of machine code; 0 when it is interpreted.
  package var machineCodeSize: UInt32
}

extension Program {
  package func statistics() throws(SystemError) -> ProgramStatistics {
    var info = bpf_prog_info()
    var size = UInt32(MemoryLayout<bpf_prog_info>.size)
    // Safe: the kernel writes at most `size` bytes; what it does not know stays zero.
    _ = try check("bpf(BPF_OBJ_GET_INFO_BY_FD) \(name)", unsafe bpf_obj_get_info_by_fd(descriptor, &info, &size))
    return ProgramStatistics(
      id: info.id, recursionMisses: info.recursion_misses, runs: info.run_cnt, runTime: info.run_time_ns,
      verifiedInstructions: info.verified_insns, machineCodeSize: info.jited_prog_len)
  }
}

/// Makes the kernel count runs and their time, of every program, for as long as this exists. It costs each run some 20 ns.
package struct RunTimeCounting: ~Copyable {
  private let handle: FileHandle
  package init() throws(SystemError) {
    handle = FileHandle(adopting: try check("bpf(BPF_ENABLE_STATS)", bpf_enable_stats(BPF_STATS_RUN_TIME)))
  }
}

/// The name of the program that has this number, as it was loaded; nil when there is none any more.
package func programName(of id: UInt32) -> [UInt8]? {
  let raw = bpf_prog_get_fd_by_id(id)
  guard raw >= 0 else { return nil }
  let handle = FileHandle(adopting: raw)
  var info = bpf_prog_info()
  var size = UInt32(MemoryLayout<bpf_prog_info>.size)
  // Safe: the kernel writes at most `size` bytes; what it does not know stays zero.
  guard unsafe bpf_obj_get_info_by_fd(handle.raw, &info, &size) == 0 else { return nil }
  // Safe: the characters are this structure's own, and a copy of them is taken.
  return unsafe withUnsafeBytes(of: info.name) { bytes in unsafe Array(bytes.prefix { $0 != 0 }) }
}
