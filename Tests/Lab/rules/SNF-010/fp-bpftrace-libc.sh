# bpftrace shows who looks up names, in the C library.
scene() { timeout -s INT 4 bpftrace -e 'uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:getaddrinfo { printf("%s\n", str(arg0)); }'; }
