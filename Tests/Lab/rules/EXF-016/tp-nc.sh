# A loop sends thirty pieces of one size by nc, each over a connection of its own, as in each of the five hours before.
peers() { sink 7000; }
scene() { for piece in $(seq 30); do head -c 900 /dev/zero | nc -N 10.200.1.2 7000; done; }
