# tcpdump prints its packets into a pipe, and nc sends them to a collector: two programs of one pipeline.
peers() { chatter; sink 7000; }
scene() { timeout 5 tcpdump -lni vA -c 60 not port 7000 | nc -N 10.200.1.2 7000; }
