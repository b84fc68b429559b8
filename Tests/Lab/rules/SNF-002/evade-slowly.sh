# A filter for one host's SYNs, of which there are three: too few frames to be told from a service.
peers() { website; }
scene() {
  timeout 3 tcpdump -ni vA -w out.pcap 'tcp[tcpflags] & tcp-syn != 0' &
  sleep 1
  curl -s http://10.200.1.2/ -o page
  wait
}
