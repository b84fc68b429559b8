# The same in ten pieces, each by a process of its own.
peers() { sink 7000; }
scene() { for i in $(seq 10); do head -c 200000 /dev/zero | nc -N 10.200.1.2 7000; done; }
