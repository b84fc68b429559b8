# Interfaces are set up, given a queue's length, and promiscuous mode is taken back that nobody had set.
scene() {
  ip link set vA up
  ip link set vA txqueuelen 500
  ip link set vA promisc off
  busybox ifconfig vA up
}
