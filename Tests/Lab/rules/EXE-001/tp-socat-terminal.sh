# socat gives a shell a terminal of its own, and passes on what comes and goes.
peers() { (echo id; sleep 0.5; echo exit) | timeout 90 nc -l -N 10.200.1.2 4444 > got & listening t 4444; }
scene() { timeout 5 socat TCP:10.200.1.2:4444 EXEC:/bin/sh,pty,stderr; }
