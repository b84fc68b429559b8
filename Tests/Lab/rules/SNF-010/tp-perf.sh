# perf makes a probe in OpenSSL's reading, by tracefs.
scene() {
  unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing
perf probe -x /usr/lib/x86_64-linux-gnu/libssl.so.3 culpritlab=SSL_read
perf probe --del "probe_libssl:culpritlab"'
}
