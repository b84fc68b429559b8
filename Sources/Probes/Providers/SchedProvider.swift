import IR

/// Threads and the CPUs they run on (DTrace guide, "sched Provider").
///
///     off-cpu     sched_switch; args[0] and args[1] are the thread that comes next
///     on-cpu      sched_exit_tp of a call that switched: the thread runs again
///     wakeup      sched_wakeup, sched_wakeup_new; the thread that was woken
///     enqueue     the same: a woken thread is put into a queue of threads that wait for a CPU
///     dequeue     sched_switch of a thread that is not to go on; args[3] is 0
///     surrender   sched_yield(2) entered
///     tick        250 times a second on each CPU, as the kernel's own tick where CONFIG_HZ is 250; args[0] and args[1] are the
///                 thread that runs
///
/// The queues are the kernel's secret where functions cannot be traced: which CPU's they are (args[2]) is the CPU of the moment.
package let schedProvider = Provider(
  name: "sched",
  probes: [
    Probe(
      module: "vmlinux", name: "dequeue", site: .tracepoint("sched_switch"),
      arguments: thread(.word(1)) + [processor, Argument("flags", "int", .constant(0))],
      // Not preempted, and in another state than TASK_RUNNING.
      condition: .both(.equal(.binary(.and, .word(0), .constant(0xff)), 0), .binary(.and, .word(3), .constant(0xffff)))),
    Probe(
      module: "vmlinux", name: "enqueue", site: .tracepoint("sched_wakeup"), arguments: thread(.word(0)) + [processor],
      twins: [
        Probe(name: "", site: .tracepoint("sched_wakeup_new"), arguments: thread(.word(0)) + [processor])
      ]),
    Probe(module: "vmlinux", name: "off-cpu", site: .tracepoint("sched_switch"), arguments: thread(.word(2))),
    Probe(
      module: "vmlinux", name: "on-cpu", site: .tracepoint("sched_exit_tp"),
      condition: .binary(.and, .word(0), .constant(0xff))),
    Probe(
      module: "vmlinux", name: "surrender", site: .syscall(number: 24, entry: true), arguments: thread(.task)),
    Probe(module: "vmlinux", name: "tick", site: .profile(period: 4_000_000), arguments: thread(.task)),
    Probe(
      module: "vmlinux", name: "wakeup", site: .tracepoint("sched_wakeup"), arguments: thread(.word(0)),
      twins: [Probe(name: "", site: .tracepoint("sched_wakeup_new"), arguments: thread(.word(0)))]),
  ])

private let processor = Argument("cpu", "sched_cpuinfo_t *", .builtin(.cpu))

/// A thread and its process.
func thread(_ task: Recipe) -> [Argument] {
  [Argument("lwp", "lwpsinfo_t *", task), Argument("process", "taskinfo_t *", task)]
}

/// What D's libraries make of the arguments of the providers; the members are theirs.
package let taskTranslators = [
  Translator(name: "lwpsinfo_t", input: "struct task_struct *", members: []),
  Translator(name: "sched_cpuinfo_t", output: "cpuinfo_t", input: "processorid_t", members: []),
]
