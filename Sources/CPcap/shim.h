// libpcap and the kernel both define `struct bpf_insn` (classic and extended BPF).
// A Swift program can hold only one definition of a C type name, so the classic one is renamed here.
#define bpf_insn pcap_classic_insn
#include <pcap/pcap.h>
#undef bpf_insn

// setns(2) is declared for _GNU_SOURCE only, which Swift's importer does not define.
int setns(int fd, int nstype);
// CLONE_NEWNET (linux/sched.h).
static inline int culprit_enter_network_namespace(int fd) { return setns(fd, 0x40000000); }
