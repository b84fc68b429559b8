# Five connections in steady steps: a client that tries again.
scene() { for i in 1 2 3 4 5; do nc -z -w 1 10.200.1.2 7000; sleep 0.8; done; }
