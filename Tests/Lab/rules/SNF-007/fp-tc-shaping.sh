# tc shapes what goes out, and drops some of what comes in, without a program.
scene() {
  tc qdisc add dev vA root tbf rate 10mbit burst 32kbit latency 50ms || tc qdisc add dev vA root pfifo
  tc qdisc add dev vA clsact
  tc filter add dev vA ingress protocol ip u32 match ip dport 7 0xffff action drop || tc filter show dev vA ingress
  sleep 1
}
