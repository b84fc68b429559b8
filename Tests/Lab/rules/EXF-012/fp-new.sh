# nc, which has no hours of its own yet, sends two megabytes.
peers() { sink 7000; }
scene() { head -c 2000000 /dev/zero | nc -N 10.200.1.2 7000; }
