# nc sends pieces of one size all day, and has done so for eight days.
peers() { sink 7000; }
scene() { for piece in $(seq 30); do head -c 900 /dev/zero | nc -N 10.200.1.2 7000; done; }
