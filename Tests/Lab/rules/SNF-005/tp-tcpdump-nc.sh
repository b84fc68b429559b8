# tcpdump writes a file, and when it is done nc sends it.
CALLS=yes
peers() { chatter; sink 7000; }
scene() {
  tcpdump -ni vA -c 30 -w out.pcap
  nc -N 10.200.1.2 7000 < out.pcap
}
