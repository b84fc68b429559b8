# bpftrace counts system calls: it loads programs and attaches them, but to no interface.
scene() {
  unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing
exec timeout -s INT 4 bpftrace -e "tracepoint:raw_syscalls:sys_enter { @ = count(); }"'
}
