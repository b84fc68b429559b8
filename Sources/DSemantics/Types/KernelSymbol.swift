package import IR

/// A variable or a function of the kernel's, as ``mod`name`` names it.
package struct KernelSymbol: Sendable {
  package var shape: KernelShape
  package var address: UInt64
  package init(shape: KernelShape, address: UInt64) {
    self.shape = shape
    self.address = address
  }
}

extension KernelTypes {
  package func printed(_ record: String) -> PrintedType? { nil }

  /// The symbol of that name, of any module or of the one that is named; nil where the kernel has none, or will not tell.
  package func symbol(_ name: String, module: String) -> KernelSymbol? { nil }
}

/// The C types of variables that the kernel's BTF does not have: it holds those of per-CPU variables only. Each is from the
/// declaration in the kernel's header or source named with it.
enum KernelVariableTypes {
  /// As D spells them: a name and stars, or with `[]` behind an array whose size is left open.
  static let spellings: [String: String] = [
    // include/linux/memblock.h
    "max_pfn": "unsigned long", "min_low_pfn": "unsigned long", "max_low_pfn": "unsigned long",
    "max_possible_pfn": "unsigned long long",
    // include/linux/printk.h, init/version-timestamp.c
    "linux_banner": "char []", "linux_proc_banner": "char []",
    // include/linux/init.h
    "saved_command_line": "char *", "boot_command_line": "char []", "system_state": "enum system_states",
    // include/linux/sched/signal.h, include/linux/sched/task.h
    "cad_pid": "struct pid *", "init_task": "struct task_struct", "tasklist_lock": "rwlock_t",
    // arch/x86/include/asm/reboot.h, include/linux/panic.h
    "crashing_cpu": "int", "panic_timeout": "int", "panic_on_oops": "int", "oops_in_progress": "int",
    // arch/x86/include/asm/pgtable.h
    "empty_zero_page": "char []",
    // include/linux/cpumask.h
    "nr_cpu_ids": "unsigned int", "__cpu_online_mask": "struct cpumask", "__cpu_possible_mask": "struct cpumask",
    // include/linux/jiffies.h
    "jiffies": "unsigned long", "jiffies_64": "unsigned long long", "preset_lpj": "unsigned long",
    "loops_per_jiffy": "unsigned long",
    // kernel/cgroup, kernel/bpf, include/linux/sched/loadavg.h, include/linux/threads.h
    "cgrp_dfl_root": "struct cgroup_root", "bpf_verifier_lock": "struct mutex", "avenrun": "unsigned long []",
    "pid_max": "int", "nr_threads": "int", "total_forks": "unsigned long", "max_threads": "int",
    // include/linux/utsname.h, include/linux/pid_namespace.h, include/net/net_namespace.h
    "init_uts_ns": "struct uts_namespace", "init_pid_ns": "struct pid_namespace", "init_net": "struct net",
    "init_user_ns": "struct user_namespace", "init_mm": "struct mm_struct", "init_nsproxy": "struct nsproxy",
    // arch/x86/include/asm/processor.h, arch/x86/kernel/tsc.c
    "boot_cpu_data": "struct cpuinfo_x86", "cpu_khz": "unsigned int", "tsc_khz": "unsigned int",
    // drivers, fs, net
    "tcp_prot": "struct proto", "udp_prot": "struct proto", "ext4_dir_operations": "struct file_operations",
    "isofs_dir_operations": "struct file_operations", "init_task_group": "struct task_group",
  ]
}
