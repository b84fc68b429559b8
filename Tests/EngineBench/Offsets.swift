package import BPFCode
import BTF

/// Where the running kernel keeps what builtins read, from its BTF.
package enum Offsets {
  package static let kernel: KernelOffsets = {
    var offsets = KernelOffsets.x86
    guard let types = try? Bench.types.get() else { return offsets }
    func place(_ type: String, _ path: String) -> Int? { offset(types, type, path) }
    offsets.taskRealParent = place("task_struct", "real_parent")
    offsets.taskTgid = place("task_struct", "tgid")
    offsets.taskGroupLeader = place("task_struct", "group_leader")
    offsets.taskStartBoottime = place("task_struct", "start_boottime")
    offsets.taskMm = place("task_struct", "mm")
    offsets.taskNsproxy = place("task_struct", "nsproxy")
    offsets.taskRunTime = place("task_struct", "se.sum_exec_runtime")
    offsets.mmArgStart = place("mm_struct", "arg_start")
    offsets.mmArgEnd = place("mm_struct", "arg_end")
    offsets.nsproxyNetNs = place("nsproxy", "net_ns")
    offsets.netInum = place("net", "ns.inum")
    return offsets
  }()

  private static func offset(_ types: TypeGraph, _ type: String, _ path: String) -> Int? {
    try? types.member(of: type, path: path).byteOffset
  }
}
