/// Where the running kernel keeps what builtins read, in bytes from the start of each structure; filled from BTF by
/// the caller. What is nil makes a program that needs it an `EmitterError.missingOffset`.
package struct KernelOffsets: Sendable, Hashable {
  /// Whether programs are given the current task with its type (5.11), so that its members are plain loads.
  package var hasTypedTask = false
  /// How programs may be given any address with a type of the kernel's (6.2), so that what lies there is a plain load; nil before.
  package var cast: TypeCast?
  // struct task_struct
  package var taskRealParent: Int?
  package var taskTgid: Int?
  package var taskGroupLeader: Int?
  /// `start_boottime` (5.5; `real_start_time` before).
  package var taskStartBoottime: Int?
  package var taskMm: Int?
  package var taskNsproxy: Int?
  /// `se.sum_exec_runtime`.
  package var taskRunTime: Int?
  package var taskFs: Int?
  /// `pid`, a thread's id: what D calls `tid`.
  package var taskPid: Int?
  /// 16 bytes.
  package var taskComm: Int?
  package var taskCred: Int?
  // struct cred
  package var credUid: Int?
  package var credGid: Int?
  // struct fs_struct: where `pwd` and `root` have their mount and their dentry
  package var fsPwdMount: Int?
  package var fsPwdDentry: Int?
  package var fsRootMount: Int?
  package var fsRootDentry: Int?
  // struct dentry
  package var dentryParent: Int?
  /// `d_name.len`, 32 bits, and `d_name.name`.
  package var dentryNameLength: Int?
  package var dentryName: Int?
  // struct mount, of which `mnt` is what a path points to
  package var mountVfs: Int?
  package var mountParent: Int?
  package var mountPoint: Int?
  /// `mnt.mnt_root`
  package var mountRoot: Int?
  // struct mm_struct
  package var mmArgStart: Int?
  package var mmArgEnd: Int?
  // struct nsproxy, struct net
  package var nsproxyNetNs: Int?
  /// `ns.inum`, 32 bits.
  package var netInum: Int?
  // struct pt_regs of the machine, as a profile probe's context has it
  package var registersIP: Int?
  package var registersCS: Int?

  package init() {}

  /// What does not change on x86-64: `struct pt_regs` is the kernel's promise to user space.
  package static var x86: KernelOffsets {
    var offsets = KernelOffsets()
    offsets.registersIP = 128
    offsets.registersCS = 136
    return offsets
  }
}

/// The kernel's function `bpf_rdonly_cast(address, type)`, which costs nothing: the verifier puts a move in its place, and what is read from
/// where it leads is zero where no page is, as by `bpf_probe_read_kernel`.
package struct TypeCast: Sendable, Hashable {
  /// The function's number in the kernel's types.
  package var function: Int32
  /// The number of a structure that begins with an integer of eight bytes.
  package var word: Int32
  package init(function: Int32, word: Int32) {
    self.function = function
    self.word = word
  }
}

/// What the emitter is told beside the program.
package struct EmitterOptions: Sendable, Hashable {
  package var offsets: KernelOffsets
  /// Emits tracepoint hooks as `ProgramSpec.Attachment.called`, so that BPF_PROG_TEST_RUN can run them on chosen words.
  package var tracepointsCalled = false
  /// Flags of each `bpf_ringbuf_output`: 0 wakes the reader when it waits, 1 (BPF_RB_NO_WAKEUP) never, 2 always.
  package var wakeup: Int32 = 0
  /// Of a clause that uses more arrays and aggregations than this, the aggregations share maps: a program takes 64, and the rest is for
  /// what else it needs.
  package var mapsOfClause = 40
  /// By tracepoint, the code of the functions that may stand between it and what runs its programs: the kernel's `__bpf_trace_CLASS`
  /// and `__traceiter_NAME`, each of which may end in a jump and have no frame. They are left out of stacks.
  package var callers: [String: [Range<UInt64>]] = [:]
  package init(offsets: KernelOffsets = .x86) { self.offsets = offsets }
}
