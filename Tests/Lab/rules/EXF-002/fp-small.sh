# nc sends ten kilobytes.
peers() { sink 7000; }
scene() { head -c 10000 /dev/zero | nc -N 10.200.1.2 7000; }
