# nc sends the same two megabytes in four pieces, each to another network.
peers() { for n in 2 3 4 5; do ip address add 10.200.$n.2/24 dev vB; done; sink 7000; }
scene() {
  for n in 2 3 4 5; do
    ip route add 10.200.$n.0/24 via 10.200.1.2
    head -c 500000 /dev/zero | nc -N 10.200.$n.2 7000
  done
}
