# A connection of six seconds that is busy all the time.
peers() { sink 7000; }
scene() { for i in $(seq 60); do head -c 2000 /dev/zero; sleep 0.1; done | nc -N 10.200.1.2 7000; }
