// libbpf and the kernel's BPF interface. `struct bpf_insn` here is the extended one.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
