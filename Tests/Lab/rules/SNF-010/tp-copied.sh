# The library lies under another name, and is found by the name of its function.
scene() {
  cp /usr/lib/x86_64-linux-gnu/libssl.so.3 tool.bin
  timeout -s INT 4 bpftrace -e "uretprobe:$PWD/tool.bin:SSL_read { @ = count(); }"
}
