# ptunnel carries a connection to its other end in B within echo requests; eight kilobytes go.
PAYLOAD=headers
peers() { sink 7000; ptunnel -daemon pid; }
scene() {
  timeout 8 ptunnel -p 10.200.1.2 -lp 2000 -da 10.200.1.2 -dp 7000 &
  sleep 1
  for i in 1 2 3 4 5 6 7 8; do head -c $((400 + i * 77)) /dev/urandom; sleep 0.3; done | timeout 6 nc -N 127.0.0.1 2000
  sleep 1
}
