# A program waits behind a filter and is not knocked at; curl loads a page.
peers() { website; }
scene() {
  timeout 3 tcpdump --immediate-mode -ni vA -w out.pcap 'udp port 53535' &
  sleep 1
  curl -s http://10.200.1.2/ -o page
  wait
}
