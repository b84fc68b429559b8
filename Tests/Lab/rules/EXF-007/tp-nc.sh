# nc connects to a port where it has not been in fourteen days; what there was before is fp-common's.
peers() { sink 7000; }
scene() { head -c 1000 /dev/zero | nc -N 10.200.1.2 7000; }
