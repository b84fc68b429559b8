# socat gives who connects a cat, which is asked twice.
ask() { (echo hello; sleep 0.3; echo again; sleep 0.3) | timeout 5 nc -N 10.200.1.1 7777 > got; }
peers() { again ask & }
scene() { timeout 6 socat TCP-LISTEN:7777 EXEC:/bin/cat; }
