extension Library {
  /// What scripts of 2005 find in Solaris' own structures, out of Linux's (`-x compat=solaris`). `SolarisNames` leads here.
  static let solaris = Library(
    defines: [
      "uf_entry_t", "struct uf_entry", "__t_procp", "__p_parent", "__p_ppid", "__p_lwpcnt", "__p_mstart", "__p_utime",
      "__p_stime",
      "__p_brksize", "__p_stksize", "__u_comm", "__u_cdir", "__pid_id", "__u_psargs", "__fi_list", "__v_path", "__mpid",
    ],
    text: """
      typedef struct uf_entry { struct file *uf_file; } uf_entry_t;

      inline struct task_struct *__t_procp[struct task_struct *T] = T->group_leader;
      inline struct task_struct *__p_parent[struct task_struct *T] = T->real_parent;
      inline pid_t __p_ppid[struct task_struct *T] = T->real_parent->tgid;
      inline int __p_lwpcnt[struct task_struct *T] = T->signal->nr_threads;
      inline uint64_t __p_mstart[struct task_struct *T] = T->start_time;
      inline int __p_utime[struct task_struct *T] = (int)((T->signal->utime + T->utime) / 10000000);
      inline int __p_stime[struct task_struct *T] = (int)((T->signal->stime + T->stime) / 10000000);
      inline size_t __p_brksize[struct task_struct *T] = T->mm == 0 ? 0 : T->mm->brk - T->mm->start_brk;
      inline size_t __p_stksize[struct task_struct *T] = T->mm == 0 ? 0 : T->mm->stack_vm << 12;
      inline string __u_comm[struct task_struct *T] = stringof(T->comm);
      inline pid_t __pid_id[struct task_struct *T] = T->tgid;
      inline string __u_psargs[struct task_struct *T] =
        T == curthread ? curpsinfo->pr_psargs : stringof(T->comm);
      inline string __u_cdir[struct task_struct *T] = d_path(&(T->fs->pwd));
      inline uf_entry_t *__fi_list[struct task_struct *T] = (uf_entry_t *)T->files->fdt->fd;
      inline int __mpid = (int)curthread->thread_pid->numbers[0].ns->idr.idr_next - 1;
      inline string __v_path[struct file *F] = d_path(&(F->f_path));
      """)
}
