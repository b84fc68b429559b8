# curl posts thirty texts of different lengths.
peers() { sink 8000; }
scene() { for piece in $(seq 30); do head -c $((piece * 100)) /dev/zero > file; curl -s -m 0.2 -H Expect: --data-binary @file http://10.200.1.2:8000/; done; }
