# ip attaches a program of XDP by netlink.
scene() { ip link set dev vA xdpgeneric obj /usr/lib/x86_64-linux-gnu/bpf/xdp-dispatcher.o sec xdp; sleep 1; ip link set dev vA xdpgeneric off; }
