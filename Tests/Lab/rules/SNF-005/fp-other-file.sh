# tcpdump writes a file, and nc sends another one.
CALLS=yes
peers() { chatter; sink 7000; }
scene() {
  seq 1000 > notes
  tcpdump -ni vA -c 10 -w out.pcap
  nc -N 10.200.1.2 7000 < notes
}
