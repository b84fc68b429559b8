// libpcap and the kernel both define `struct bpf_insn` (classic and extended BPF).
// A Swift program can hold only one definition of a C type name, so the classic one is renamed here.
#define bpf_insn pcap_classic_insn
#include <pcap/pcap.h>
#undef bpf_insn
