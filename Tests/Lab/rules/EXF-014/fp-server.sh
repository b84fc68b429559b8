# A server of this machine has a quiet client for six seconds.
ask() { (sleep 6; echo bye) | timeout 9 nc -N 10.200.1.1 7000; }
peers() { again ask & }
scene() { timeout 10 socat -u TCP-LISTEN:7000 OPEN:/dev/null; }
