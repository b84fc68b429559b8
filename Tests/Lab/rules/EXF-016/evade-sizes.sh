# nc sends thirty pieces whose sizes differ by a half.
peers() { sink 7000; }
scene() { for piece in $(seq 30); do head -c $((900 + piece % 3 * 300)) /dev/zero | nc -N 10.200.1.2 7000; done; }
