# tcpdump writes a file, and reads it to somebody who sits there.
CALLS=yes
peers() { chatter; }
scene() {
  tcpdump -ni vA -c 10 -w out.pcap
  tcpdump -nr out.pcap
}
