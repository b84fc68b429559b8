/// The kernel's helper functions that emitted programs call, by number (`___BPF_FUNC_MAPPER` in `linux/bpf.h`).
package enum Helper: UInt32, Sendable, Hashable, CaseIterable {
  case mapLookUpElement = 1
  case mapUpdateElement = 2
  case mapDeleteElement = 3
  case ktimeGetNs = 5
  case getPrandomU32 = 7
  case getSmpProcessorID = 8
  /// 4.2; 33 of them in one firing.
  case tailCall = 12
  case getCurrentPidTgid = 14
  case getCurrentUidGid = 15
  case getCurrentComm = 16
  case getCurrentTask = 35
  /// 5.12 for BTF tracepoints.
  case getSocketCookie = 46
  /// 4.20.
  case mapPopElement = 88
  /// 4.18; in raw tracepoints 4.20.
  case getStack = 67
  /// 5.3.
  case sendSignal = 109
  /// 5.5, as are the other three of the family.
  case probeReadUser = 112
  case probeReadKernel = 113
  case probeReadUserString = 114
  case probeReadKernelString = 115
  /// 5.8.
  case ringBufferOutput = 130
  case ringBufferQuery = 134
  /// 5.11, as is the current task as a typed pointer.
  case taskStorageGet = 156
  case getCurrentTaskBTF = 158
  /// 5.15.
  case taskPtRegs = 175
  /// 5.15; in programs at many places of code 6.6.
  case getAttachCookie = 174
  /// 5.17.
  case loop = 181

  /// The name as the kernel and bpftool print it.
  package var name: String {
    switch self {
    case .mapLookUpElement: "bpf_map_lookup_elem"
    case .mapUpdateElement: "bpf_map_update_elem"
    case .mapDeleteElement: "bpf_map_delete_elem"
    case .ktimeGetNs: "bpf_ktime_get_ns"
    case .getPrandomU32: "bpf_get_prandom_u32"
    case .getSmpProcessorID: "bpf_get_smp_processor_id"
    case .tailCall: "bpf_tail_call"
    case .getCurrentPidTgid: "bpf_get_current_pid_tgid"
    case .getCurrentUidGid: "bpf_get_current_uid_gid"
    case .getCurrentComm: "bpf_get_current_comm"
    case .getCurrentTask: "bpf_get_current_task"
    case .mapPopElement: "bpf_map_pop_elem"
    case .getSocketCookie: "bpf_get_socket_cookie"
    case .getStack: "bpf_get_stack"
    case .sendSignal: "bpf_send_signal"
    case .probeReadUser: "bpf_probe_read_user"
    case .probeReadKernel: "bpf_probe_read_kernel"
    case .probeReadUserString: "bpf_probe_read_user_str"
    case .probeReadKernelString: "bpf_probe_read_kernel_str"
    case .ringBufferOutput: "bpf_ringbuf_output"
    case .ringBufferQuery: "bpf_ringbuf_query"
    case .taskStorageGet: "bpf_task_storage_get"
    case .getCurrentTaskBTF: "bpf_get_current_task_btf"
    case .taskPtRegs: "bpf_task_pt_regs"
    case .loop: "bpf_loop"
    case .getAttachCookie: "bpf_get_attach_cookie"
    }
  }
}
