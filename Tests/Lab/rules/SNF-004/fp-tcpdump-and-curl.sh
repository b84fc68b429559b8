# An administrator captures into a file, and loads a page meanwhile from the same shell, started later.
peers() { chatter; website; }
scene() {
  timeout 5 tcpdump -ni vA -c 40 -w out.pcap &
  sleep 2
  curl -s http://10.200.1.2/ -o page
  wait
}
