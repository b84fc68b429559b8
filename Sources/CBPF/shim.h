// libbpf and the kernel's BPF interface. `struct bpf_insn` here is the extended one.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

// What Swift cannot reach itself: glibc has no perf_event_open, `syscall` is variadic, and the attribute has bit-fields.

/// An event of one CPU each time that `period` of what `type` and `number` mean were counted, for all processes; not yet enabled. -1 and
/// errno on failure.
static inline int culprit_open_counter(unsigned type, unsigned long long number, int excludes_user, int excludes_kernel,
                                       int cpu, unsigned long long period) {
  struct perf_event_attr attr = {
    .type = type,
    .size = sizeof(attr),
    .config = number,
    .sample_period = period,
    .disabled = 1,
    .exclude_user = excludes_user != 0,
    .exclude_kernel = excludes_kernel != 0,
  };
  return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static inline int culprit_perf_set_program(int event, int program) {
  return ioctl(event, PERF_EVENT_IOC_SET_BPF, program);
}

static inline int culprit_perf_enable(int event) { return ioctl(event, PERF_EVENT_IOC_ENABLE, 0); }

/// Keeps the calling thread, and what it starts, on one CPU of the first 1024. -1 and errno on failure.
static inline int culprit_stay_on_cpu(unsigned cpu) {
  unsigned long set[16] = {0};
  if (cpu >= 1024) return -1;
  set[cpu / 64] = 1UL << cpu % 64;
  return syscall(SYS_sched_setaffinity, 0, sizeof(set), set) < 0 ? -1 : 0;
}

/// Whether the calling thread may run on a CPU; one past the first 1024 counts as one it may.
static inline int culprit_may_run_on_cpu(unsigned cpu) {
  unsigned long set[16] = {0};
  if (cpu >= 1024 || syscall(SYS_sched_getaffinity, 0, sizeof(set), set) < 0) return 1;
  return set[cpu / 64] >> cpu % 64 & 1;
}

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

/// What headers before 6.6 do not have: BPF_TRACE_UPROBE_MULTI.
enum { CULPRIT_TRACE_UPROBE_MULTI = 48 };

/// Hangs a program on many places of a file's code, at the places or at the returns of the functions that begin there, each with its
/// cookie and the counter that the kernel keeps of its listeners, or 0; `pid` 0 is every process. The link, or -1 and errno.
static inline int culprit_link_uprobes(int program, int is_return, const char *path, const unsigned long long *offsets,
                                       const unsigned long long *counters, const unsigned long long *cookies,
                                       unsigned count, unsigned pid) {
  // The layout of `link_create` with `uprobe_multi` in `union bpf_attr`, 6.6.
  struct {
    __u32 program, target, kind, flags;
    __u64 path, offsets, reference_counters, cookies;
    __u32 count, uprobe_flags, pid, pad;
  } attr;
  memset(&attr, 0, sizeof(attr));
  attr.program = (__u32)program;
  attr.kind = CULPRIT_TRACE_UPROBE_MULTI;
  attr.path = (__u64)(unsigned long)path;
  attr.offsets = (__u64)(unsigned long)offsets;
  attr.reference_counters = (__u64)(unsigned long)counters;
  attr.cookies = (__u64)(unsigned long)cookies;
  attr.count = count;
  attr.uprobe_flags = is_return ? 1 : 0;
  attr.pid = pid;
  return (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

/// A perf event on the tracepoint that tracefs numbers `id`, whichever process and CPU comes by; not yet enabled. -1 and errno.
static inline int culprit_open_trace_event(unsigned long long id) {
  struct perf_event_attr attr = {
    .type = PERF_TYPE_TRACEPOINT,
    .size = sizeof(attr),
    .config = id,
    .sample_period = 1,
    .disabled = 1,
  };
  return (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/// The root of a mount of tracefs that is attached nowhere, so that nobody else sees it; it goes with the descriptor. -1 and errno.
static inline int culprit_open_tracefs(void) {
  // fsopen(2), fsconfig(2) with FSCONFIG_CMD_CREATE, fsmount(2).
  int context = (int)syscall(430, "tracefs", 1);
  if (context < 0) return -1;
  int root = -1;
  if (syscall(431, context, 6, (void *)0, (void *)0, 0) == 0) root = (int)syscall(432, context, 1, 0);
  int saved = errno;
  close(context);
  errno = saved;
  return root;
}

static inline int culprit_open_at(int directory, const char *path) { return openat(directory, path, O_RDONLY | O_CLOEXEC); }
