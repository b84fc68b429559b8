# bpftrace shows what is written to TLS connections by OpenSSL.
scene() { timeout -s INT 4 bpftrace -e 'uprobe:/usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_write { printf("%s\n", str(arg1)); }'; }
