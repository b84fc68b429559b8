# nc, which sent nothing in the weeks before, sends two megabytes in ten pieces.
peers() { sink 7000; }
scene() { for i in $(seq 10); do head -c 200000 /dev/zero | nc -N 10.200.1.2 7000; done; }
