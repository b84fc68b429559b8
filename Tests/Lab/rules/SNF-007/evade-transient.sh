# ip attaches a program of XDP, and takes it away at once.
scene() { ip -batch - <<'END'
link set dev vA xdpgeneric obj /usr/lib/x86_64-linux-gnu/bpf/xdp-dispatcher.o sec xdp
link set dev vA xdpgeneric off
END
}
