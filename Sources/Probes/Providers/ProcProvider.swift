import IR

/// Processes that begin, become another program, and end.
///
///     create          sched_process_fork, of a process; args[0] is the child
///     lwp-create      sched_process_fork, of a thread, be it a process's first or a further one
///     start           fork, vfork, clone or clone3 returned in the child
///     lwp-start       the same in a new thread, be it a process's first or a further one
///     exec            execve(2), execveat(2) entered; args[0] is the path
///     exec-success    sched_process_exec; args[0] is the path, args[1] and args[2] what the standard input and output lead to, where that
///                     is a pipe, a terminal (odd) or a unix socket (`channel`), else 0
///     exec-failure    the call returned an error; args[0] is that, -ENOENT and the like
///     exit            sched_process_exit of the last thread; args[0] is CLD_EXITED, CLD_KILLED or CLD_DUMPED
///     lwp-exit        sched_process_exit of any thread
///     signal-send     signal_generate: it will be delivered; args: thread, process, signal
///     signal-discard  signal_generate: it is ignored
///     signal-handle   signal_deliver; args: signal, siginfo_t, handler
///     signal-clear    rt_sigtimedwait(2) returned a signal
///     found           there before the run; args: pid, start, ppid, uid, gid, name, network namespace (iter/task)
package let procProvider = Provider(
  name: "proc",
  probes: [
    Probe(
      module: "vmlinux", name: "create", site: .tracepoint("sched_process_fork"), arguments: child,
      condition: isLeader(.word(1))),
    Probe(
      module: "vmlinux", name: "exec", site: .syscall(number: 59, entry: true),
      arguments: [Argument("path", "string", .userText(.register("di")))],
      twins: [
        Probe(
          name: "", site: .syscall(number: 322, entry: true),
          arguments: [Argument("path", "string", .userText(.register("si")))])
      ]),
    Probe(
      module: "vmlinux", name: "exec-failure", site: .syscall(number: 59, entry: false), arguments: failure,
      condition: hasFailed,
      twins: [
        Probe(name: "", site: .syscall(number: 322, entry: false), arguments: failure, condition: hasFailed)
      ]),
    Probe(
      module: "vmlinux", name: "exec-success", site: .tracepoint("sched_process_exec"),
      arguments: [
        Argument("path", "string", .kernelText(.member(.word(2), type: "linux_binprm", path: "filename"))),
        Argument("input", "uintptr_t", channel(of: .constant(0))),
        Argument("output", "uintptr_t", channel(of: .constant(1))),
      ]),
    Probe(
      module: "vmlinux", name: "exit", site: .tracepoint("sched_process_exit"),
      arguments: [Argument("reason", "int", reason), Argument("status", "int", status)],
      condition: .equal(
        .member(.member(.word(0), type: "task_struct", path: "signal"), type: "signal_struct", path: "live.counter"), 0)
    ),
    Probe(
      module: "vmlinux", name: "lwp-create", site: .tracepoint("sched_process_fork"), arguments: thread(.word(1))),
    Probe(module: "vmlinux", name: "lwp-exit", site: .tracepoint("sched_process_exit")),
    born("lwp-start", leader: false),
    Probe(
      module: "vmlinux", name: "signal-clear", site: .syscall(number: 128, entry: false),
      arguments: [Argument("signal", "int", .word(1))], condition: .compare(.greaterSigned, .word(1), .constant(0))),
    Probe(
      module: "vmlinux", name: "signal-discard", site: .tracepoint("signal_generate"), arguments: sent,
      condition: .equal(.int(4), 1)),
    Probe(
      module: "vmlinux", name: "signal-handle", site: .tracepoint("signal_deliver"),
      arguments: [
        Argument("signal", "int", handled), Argument("info", "siginfo_t *", .word(1)),
        Argument(
          "handler", "void (*)(void)", .load(.word(2), offset: 0, .double, signed: false)),
      ]),
    Probe(
      module: "vmlinux", name: "signal-send", site: .tracepoint("signal_generate"), arguments: sent,
      condition: .equal(.int(4), 0)),
    born("start", leader: true),
    Probe(
      module: "vmlinux", name: "found", site: .iterator("task"), arguments: found,
      condition: .both(.word(1), isLeader(.word(1)))),
  ])

/// A new process's or thread's first moment: its call that made it returns 0 in it.
private func born(_ name: String, leader: Bool) -> Probe {
  let isChild = Recipe.equal(.word(1), 0)
  let condition: Recipe =
    leader ? .both(isChild, .compare(.equal, .builtin(.pid), .builtin(.tid))) : isChild
  return Probe(
    module: "vmlinux", name: name, site: .syscall(number: 56, entry: false), condition: condition,
    twins: [57, 58, 435].map { Probe(name: "", site: .syscall(number: $0, entry: false), condition: condition) })
}

/// Who a signal is for, and which it is: `signal_generate(signal, info, task, group, result)`.
private let sent = thread(.word(2)) + [Argument("signal", "int", .int(0))]

/// A signal that ends a process is delivered as SIGKILL; which it was is kept beside.
private let handled: Recipe = {
  let kept = Recipe.member(
    .member(.task, type: "task_struct", path: "signal"), type: "signal_struct", path: "group_exit_code")
  return .choose(.both(.equal(.int(0), 9), kept), .binary(.and, kept, .constant(0x7f)), .int(0))
}()

private let child = [
  Argument("child", "taskinfo_t *", .word(1)),
  Argument("pid", "pid_t", .member(.word(1), type: "task_struct", path: "tgid")),
  Argument("start", "uint64_t", .member(.word(1), type: "task_struct", path: "start_boottime")),
]

/// What `iter/task` shows: `struct bpf_iter__task` is meta, task.
private let found =
  iteratedTask(start: .member(.word(1), type: "task_struct", path: "start_boottime"))
  + [Argument("netns", "uint32_t", namespace(.word(1)))]

/// The inode number of a task's network namespace; a task that has ended has none.
private func namespace(_ task: Recipe) -> Recipe {
  let proxy = Recipe.member(task, type: "task_struct", path: "nsproxy")
  return .choose(
    proxy, .member(.member(proxy, type: "nsproxy", path: "net_ns"), type: "net", path: "ns.inum"), .constant(0))
}

private func isLeader(_ task: Recipe) -> Recipe {
  .compare(
    .equal, .member(task, type: "task_struct", path: "pid"), .member(task, type: "task_struct", path: "tgid"))
}

private let failure = [Argument("errno", "int", .word(1))]
private let hasFailed = Recipe.compare(.lessSigned, .word(1), .constant(0))

/// wait(2)'s status: the signal in the low seven bits, a core in the eighth, the exit value above.
private let status = Recipe.member(.word(0), type: "task_struct", path: "exit_code")
private let reason = Recipe.choose(
  .binary(.and, status, .constant(0x80)), .constant(3),
  .choose(.binary(.and, status, .constant(0x7f)), .constant(2), .constant(1)))

/// `psinfo_t` of the running process (`curpsinfo`), with the members that Linux can answer.
package let processInfo = Translator(
  name: "psinfo_t", input: "struct task_struct *",
  members: [
    .init("pr_pid", "pid_t", .builtin(.pid)),
    .init("pr_ppid", "pid_t", .builtin(.ppid)),
    .init("pr_uid", "uid_t", .builtin(.uid)),
    .init("pr_euid", "uid_t", .builtin(.uid)),
    .init("pr_gid", "gid_t", .builtin(.gid)),
    .init("pr_egid", "gid_t", .builtin(.gid)),
    .init("pr_fname", "string", .text(.execname)),
    .init("pr_psargs", "string", .text(.psargs)),
    .init("pr_start", "uint64_t", .builtin(.processStart)),
    .init("pr_netns", "uint32_t", namespace(.builtin(.currentTask))),
  ])

/// `psinfo_t` of another task than the running one: a child that was just made, which still has its parent's arguments.
package let taskInfo = Translator(
  name: "taskinfo_t", output: "psinfo_t", input: "struct task_struct *",
  members: [
    member("pr_pid", "pid_t", task("tgid"), .pid),
    member("pr_ppid", "pid_t", .member(task("real_parent"), type: "task_struct", path: "tgid"), .parent),
    member("pr_uid", "uid_t", credentials("uid.val"), .user),
    member("pr_euid", "uid_t", credentials("euid.val"), .user),
    member("pr_gid", "gid_t", credentials("gid.val"), .group),
    member("pr_egid", "gid_t", credentials("egid.val"), .group),
    member("pr_fname", "string", .kernelText(.address(.translated, type: "task_struct", path: "comm")), .command),
    .init("pr_psargs", "string", .text(.psargs)),
    member("pr_start", "uint64_t", .member(task("group_leader"), type: "task_struct", path: "start_boottime"), .start),
  ])

/// Where the host's side has another task's members, after the ten arguments.
package enum TaskSlot: Int, Sendable, CaseIterable {
  case pid = 16
  case parent, user, group, command, start
}

private func member(_ name: String, _ type: String, _ recipe: Recipe, _ slot: TaskSlot) -> Translator.Member {
  .init(name, type, recipe, slot: slot.rawValue)
}

private func task(_ path: String) -> Recipe { .member(.translated, type: "task_struct", path: path) }
private func credentials(_ path: String) -> Recipe { .member(task("cred"), type: "cred", path: path) }
