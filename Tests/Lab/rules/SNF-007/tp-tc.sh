# tc attaches a program as a filter of what comes in, and of what goes out.
scene() {
  tc qdisc add dev vA clsact
  for way in ingress egress; do tc filter add dev vA $way bpf da obj /usr/lib/x86_64-linux-gnu/bpf/xdp-dispatcher.o sec xdp; done
  sleep 1
}
