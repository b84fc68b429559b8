// libbpf and the kernel's BPF interface. `struct bpf_insn` here is the extended one.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// What Swift cannot reach itself: glibc has no perf_event_open, `syscall` is variadic, and the attribute has bit-fields.

/// A software cpu-clock event of one CPU, every `period` nanoseconds, for all processes; not yet enabled. -1 and errno on failure.
static inline int culprit_open_cpu_clock(int cpu, unsigned long long period) {
  struct perf_event_attr attr = {
    .type = PERF_TYPE_SOFTWARE,
    .size = sizeof(attr),
    .config = PERF_COUNT_SW_CPU_CLOCK,
    .sample_period = period,
    .disabled = 1,
  };
  return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static inline int culprit_perf_set_program(int event, int program) {
  return ioctl(event, PERF_EVENT_IOC_SET_BPF, program);
}

static inline int culprit_perf_enable(int event) { return ioctl(event, PERF_EVENT_IOC_ENABLE, 0); }

/// A probe on the entry of a kernel function through the perf unit numbered `type`; never enabled. -1 and errno on failure.
static inline int culprit_open_kernel_probe(unsigned type, const char *function) {
  struct perf_event_attr attr = {
    .type = type,
    .size = sizeof(attr),
    .kprobe_func = (unsigned long)function,
    .disabled = 1,
  };
  return (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}
