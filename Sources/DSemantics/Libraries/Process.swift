extension Library {
  /// `psinfo_t` and `lwpsinfo_t` (proc(5) of Solaris) out of `struct task_struct`; DTrace guide, "proc Provider".
  ///
  /// A process's arguments lie on its first stack from `mm->start_stack` on: their number, their addresses, a null pointer, those of the
  /// environment (x86-64 and AArch64 psABI, "Process Initialization").
  static let process = Library(
    defines: [
      "psinfo_t", "struct psinfo", "lwpsinfo_t", "struct lwpsinfo", "timestruc_t", "struct timestruc", "taskid_t",
      "dprojid_t", "poolid_t", "curlwpsinfo",
    ],
    text: """
      typedef struct timestruc { time_t tv_sec; long tv_nsec; } timestruc_t;
      typedef id_t taskid_t;
      typedef id_t dprojid_t;
      typedef id_t poolid_t;

      typedef struct lwpsinfo {
        int pr_flag; int pr_lwpid; uintptr_t pr_addr; uintptr_t pr_wchan;
        char pr_stype; char pr_state; char pr_sname; char pr_nice;
        short pr_syscall; char pr_oldpri; char pr_cpu; int pr_pri; ushort_t pr_pctcpu; ushort_t pr_pad;
        timestruc_t pr_start; timestruc_t pr_time; char pr_clname[8]; char pr_name[16];
        processorid_t pr_onpro; processorid_t pr_bindpro; psetid_t pr_bindpset; int pr_lgrp; int pr_filler[4];
      } lwpsinfo_t;

      typedef struct psinfo {
        int pr_flag; int pr_nlwp; pid_t pr_pid; pid_t pr_ppid; pid_t pr_pgid; pid_t pr_sid;
        uid_t pr_uid; uid_t pr_euid; gid_t pr_gid; gid_t pr_egid; uintptr_t pr_addr;
        size_t pr_size; size_t pr_rssize; size_t pr_pad1; struct tty_struct *pr_ttydev;
        ushort_t pr_pctcpu; ushort_t pr_pctmem; timestruc_t pr_start; timestruc_t pr_time; timestruc_t pr_ctime;
        char pr_fname[16]; char pr_psargs[80]; int pr_wstat; int pr_argc; uintptr_t pr_argv; uintptr_t pr_envp;
        char pr_dmodel; char pr_pad2[3]; taskid_t pr_taskid; dprojid_t pr_projid; int pr_nzomb; poolid_t pr_poolid;
        zoneid_t pr_zoneid; id_t pr_contract; int pr_filler[1]; lwpsinfo_t pr_lwp;
      } psinfo_t;

      inline long __argc[struct task_struct *T] = T->mm == 0 ? 0 : *(userland long *)T->mm->start_stack;

      translator psinfo_t < struct task_struct *T > {
        pr_nlwp = T->signal->nr_threads;
        pr_pid = T->tgid;
        pr_ppid = T->real_parent->tgid;
        pr_pgid = T->signal->pids[2]->numbers[0].nr;
        pr_sid = T->signal->pids[3]->numbers[0].nr;
        pr_uid = T->cred->uid.val;
        pr_euid = T->cred->euid.val;
        pr_gid = T->cred->gid.val;
        pr_egid = T->cred->egid.val;
        pr_addr = (uintptr_t)T;
        pr_ttydev = T->signal->tty;
        pr_fname = T->comm;
        pr_psargs = T == curthread ? curpsinfo->pr_psargs : stringof(T->comm);
        pr_wstat = T->exit_code;
        pr_argc = (int)__argc[T];
        pr_argv = T->mm == 0 ? 0 : T->mm->start_stack + 8;
        pr_envp = T->mm == 0 ? 0 : T->mm->start_stack + 8 * (__argc[T] + 2);
        pr_dmodel = (T->thread_info.flags >> 29) & 1 ? 1 : 2;
        pr_taskid = 0;
        pr_projid = 0;
        pr_nzomb = 0;
        pr_poolid = 0;
        pr_zoneid = 0;
        pr_contract = 0;
      };

      inline int __stopped[struct task_struct *T] = (T->__state & 0xc) != 0;
      inline int __asleep[struct task_struct *T] = (T->__state & 0x3) != 0;
      inline int __ended[struct task_struct *T] = (T->__state & 0x80) != 0 || T->exit_state != 0;

      translator lwpsinfo_t < struct task_struct *T > {
        pr_flag = __stopped[T] ? 1 : 0;
        pr_lwpid = T->pid;
        pr_addr = (uintptr_t)T;
        pr_wchan = 0;
        pr_stype = 0;
        pr_state = __ended[T] ? 3 : __stopped[T] ? 4 : __asleep[T] ? 1 : 2;
        pr_sname = __ended[T] ? 'Z' : __stopped[T] ? 'T' : __asleep[T] ? 'S' : 'R';
        pr_pri = T->prio;
        pr_name = T->comm;
        pr_onpro = T->thread_info.cpu;
      };

      inline lwpsinfo_t *curlwpsinfo = xlate <lwpsinfo_t *> (curthread);
      """)

  /// `cpuinfo_t`, `curcpu` and what it says (DTrace guide, "sched Provider"). Linux has one processor set and its NUMA nodes for locality
  /// groups.
  static let processors = Library(
    defines: ["cpuinfo_t", "cpuinfo_t_p", "struct cpuinfo", "curcpu", "pset"],
    text: """
      typedef struct cpuinfo { processorid_t cpu_id; psetid_t cpu_pset; chipid_t cpu_chip; lgrp_id_t cpu_lgrp; } cpuinfo_t;
      typedef cpuinfo_t *cpuinfo_t_p;
      this cpuinfo_t __cpuinfo;
      inline cpuinfo_t *curcpu = (this->__cpuinfo.cpu_id = cpu, this->__cpuinfo.cpu_pset = 0,
        this->__cpuinfo.cpu_chip = chip, this->__cpuinfo.cpu_lgrp = lgrp,
        (cpuinfo_t *)&this->__cpuinfo.cpu_id);
      inline psetid_t pset = 0;
      """)
}
