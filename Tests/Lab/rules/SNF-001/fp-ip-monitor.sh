# ip monitors the links and addresses: its sockets are raw ones (SOCK_RAW) of the netlink family, which hear the kernel and no packets.
scene() {
  timeout 1 ip monitor &
  ip addr add 10.200.1.9/24 dev vA
  wait
}
