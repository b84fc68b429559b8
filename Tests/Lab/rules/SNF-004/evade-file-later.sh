# tcpdump writes into a file, which nc sends when tcpdump is gone: two programs that share nothing but the file. SNF-005's matter.
peers() { chatter; sink 7000; }
scene() {
  tcpdump -ni vA -c 40 -w out.pcap
  sleep 1.5
  nc -N 10.200.1.2 7000 < out.pcap
}
