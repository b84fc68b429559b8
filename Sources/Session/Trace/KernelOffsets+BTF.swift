package import BPFCode
package import BTF

extension KernelOffsets {
  /// Where the running kernel keeps what the builtins read, out of its own types.
  package init(_ types: TypeGraph) {
    self = .x86
    func offset(_ name: String, _ path: String) -> Int? { try? types.member(of: name, path: path).byteOffset }
    hasTypedTask = types.function(named: "bpf_get_current_task_btf") != nil
    if let function = types.function(named: "bpf_rdonly_cast"), let word = types.structure(named: "timespec64") {
      cast = TypeCast(function: Int32(bitPattern: function.rawValue), word: Int32(bitPattern: word.rawValue))
    }
    taskRealParent = offset("task_struct", "real_parent")
    taskTgid = offset("task_struct", "tgid")
    taskGroupLeader = offset("task_struct", "group_leader")
    taskStartBoottime = offset("task_struct", "start_boottime") ?? offset("task_struct", "real_start_time")
    taskMm = offset("task_struct", "mm")
    taskNsproxy = offset("task_struct", "nsproxy")
    taskRunTime = offset("task_struct", "se.sum_exec_runtime")
    taskFs = offset("task_struct", "fs")
    taskPid = offset("task_struct", "pid")
    taskComm = offset("task_struct", "comm")
    taskCred = offset("task_struct", "cred")
    credUid = offset("cred", "uid")
    credGid = offset("cred", "gid")
    fsPwdMount = offset("fs_struct", "pwd.mnt")
    fsPwdDentry = offset("fs_struct", "pwd.dentry")
    fsRootMount = offset("fs_struct", "root.mnt")
    fsRootDentry = offset("fs_struct", "root.dentry")
    dentryParent = offset("dentry", "d_parent")
    dentryNameLength = offset("dentry", "d_name.len")
    dentryName = offset("dentry", "d_name.name")
    mountVfs = offset("mount", "mnt")
    mountParent = offset("mount", "mnt_parent")
    mountPoint = offset("mount", "mnt_mountpoint")
    mountRoot = offset("mount", "mnt.mnt_root")
    mmArgStart = offset("mm_struct", "arg_start")
    mmArgEnd = offset("mm_struct", "arg_end")
    nsproxyNetNs = offset("nsproxy", "net_ns")
    netInum = offset("net", "ns.inum")
    registersIP = offset("pt_regs", "ip") ?? registersIP
    registersCS = offset("pt_regs", "cs") ?? registersCS
  }
}
