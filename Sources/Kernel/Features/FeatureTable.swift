import BPFCode
import CBPF

extension FeatureTest {
  /// Everything that is tried, what is needed first.
  static let all: [FeatureTest] = [
    FeatureTest("privileges", .needed, "loading programs: CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN") {
      bench throws(FeatureRefusal) in try bench.privileges()
    },
    FeatureTest("BTF", .needed, "offsets in kernel structures, tp_btf and iterators") {
      bench throws(FeatureRefusal) in _ = try bench.kernelTypes()
    },
    FeatureTest("tp_btf", .needed, "every kernel probe") {
      bench throws(FeatureRefusal) in try bench.attach(.tracepoint("sched_process_exit"))
    },
    FeatureTest("raw_tp run", .needed, "BEGIN, END and tick probes") {
      bench throws(FeatureRefusal) in try bench.run()
    },
    FeatureTest("ring buffer", .needed, "records from programs (Linux 5.8)") {
      bench throws(FeatureRefusal) in try bench.map(.ringBuffer, keySize: 0, valueSize: 0, count: 4096)
    },
    FeatureTest("per-CPU hash", .needed, "aggregations") {
      bench throws(FeatureRefusal) in try bench.map(.perCPUHash)
    },
    FeatureTest("LRU hash", .wanted, "sockets and processes remembered in the kernel") {
      bench throws(FeatureRefusal) in try bench.map(.lruHash)
    },
    FeatureTest("task storage", .wanted, "thread-local variables (Linux 5.11)") {
      bench throws(FeatureRefusal) in try bench.map(.taskStorage, count: 0)
    },
    FeatureTest("socket storage", .wanted, "owners kept with their sockets") {
      bench throws(FeatureRefusal) in try bench.map(.socketStorage, count: 0)
    },
    FeatureTest("stack traces", .wanted, "stack() and ustack()") {
      bench throws(FeatureRefusal) in try bench.map(.stackTrace, valueSize: 64)
    },
    FeatureTest("sock_send_length", .wanted, "bytes sent by process, every family (Linux 6.3)") {
      bench throws(FeatureRefusal) in try bench.tracepoint("sock_send_length")
    },
    FeatureTest("sock_recv_length", .wanted, "bytes received by process, every family (Linux 6.3)") {
      bench throws(FeatureRefusal) in try bench.tracepoint("sock_recv_length")
    },
    FeatureTest("perf cpu-clock", .wanted, "profile probes") { bench throws(FeatureRefusal) in try bench.cpuClock() },
    FeatureTest("iter/task", .wanted, "processes older than the run") {
      bench throws(FeatureRefusal) in try bench.iterator("task")
    },
    FeatureTest("iter/task_file", .wanted, "files and sockets older than the run, and who holds them") {
      bench throws(FeatureRefusal) in try bench.iterator("task_file")
    },
    FeatureTest("iter/tcp", .wanted, "TCP sockets older than the run") {
      bench throws(FeatureRefusal) in try bench.iterator("tcp")
    },
    FeatureTest("iter/udp", .wanted, "UDP sockets older than the run") {
      bench throws(FeatureRefusal) in try bench.iterator("udp")
    },
    FeatureTest("iter/unix", .wanted, "local sockets older than the run (Linux 5.15)") {
      bench throws(FeatureRefusal) in try bench.iterator("unix")
    },
    FeatureTest("bpf_loop", .wanted, "long strings and tables in one clause (Linux 5.17)") {
      bench throws(FeatureRefusal) in try bench.helper("loop")
    },
    FeatureTest("bpf_ktime_get_tai_ns", .addition, "one clock for programs and packets (Linux 6.1)") {
      bench throws(FeatureRefusal) in try bench.helper("ktime_get_tai_ns")
    },
    FeatureTest("bpf_probe_write_user", .addition, "copyout() and copyoutstr()") {
      bench throws(FeatureRefusal) in try bench.writing()
    },
    FeatureTest("uprobe", .wanted, "pid and usdt probes") {
      bench throws(FeatureRefusal) in _ = try bench.perfUnit("uprobe")
    },
    FeatureTest("kprobe", .addition, "fbt probes") { bench throws(FeatureRefusal) in try bench.kernelProbe() },
    FeatureTest("fentry", .addition, "fbt probes with arguments") {
      bench throws(FeatureRefusal) in
      try bench.hang(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, on: FeatureBench.unused)
    },
    FeatureTest("LSM", .addition, "security hooks as probes") {
      bench throws(FeatureRefusal) in try bench.security()
    },
    FeatureTest("cgroup v2", .addition, "traffic by container") { bench throws(FeatureRefusal) in try bench.cgroups() },
    FeatureTest("tracefs", .addition, "formats of tracepoints that BTF does not describe") {
      bench throws(FeatureRefusal) in try bench.tracing()
    },
    FeatureTest("kernel addresses", .addition, "names in stack()") { bench throws(FeatureRefusal) in try bench.symbols()
    },
  ]
}
