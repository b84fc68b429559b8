# socat waits for a connection, and passes what comes to a shell, and back what that answers.
ask() { (echo id; sleep 0.3; echo uname; sleep 0.3; echo exit) | timeout 5 nc -N 10.200.1.1 4444 > got; }
peers() { again ask & }
scene() { timeout 6 socat TCP-LISTEN:4444 EXEC:/bin/sh; }
