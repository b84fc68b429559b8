# nc waits for a connection and gives it a shell, which runs one program: as many as a daemon's service is.
ask() { (echo id; echo exit) | timeout 5 nc -N 10.200.1.1 4444 > got; }
peers() { again ask & }
scene() { timeout 6 nc.traditional -l -p 4444 -e /bin/sh; }
