# nc goes to port 443, which everybody uses.
peers() { sink 443; }
scene() { head -c 1000 /dev/zero | nc -N 10.200.1.2 443; }
