# ptunnel carries thirty kilobytes at once: nearly all requests are as long as they can be.
PAYLOAD=headers
peers() { sink 7000; ptunnel -daemon pid; }
scene() {
  timeout 8 ptunnel -p 10.200.1.2 -lp 2000 -da 10.200.1.2 -dp 7000 &
  sleep 1
  head -c 30000 /dev/urandom | timeout 6 nc -N 127.0.0.1 2000
  sleep 1
}
