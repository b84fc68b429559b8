# tcpdump writes a file; curl loads a page.
CALLS=yes
peers() { chatter; website; }
scene() {
  tcpdump -ni vA -c 10 -w out.pcap
  curl -s http://10.200.1.2/ -o page
}
