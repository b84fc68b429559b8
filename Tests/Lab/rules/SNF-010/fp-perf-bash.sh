# perf makes a probe in bash.
scene() {
  unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing
perf probe -x /bin/bash culpritlab=readline
perf probe --del "probe_bash:culpritlab"'
}
