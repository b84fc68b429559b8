# The kernel answers who pings this machine.
PAYLOAD=headers
peers() { (for i in $(seq 400); do ping -n -c 1 -s $((i % 100 * 10)) 10.200.1.1; sleep 0.1; done) & }
scene() { sleep 4; }
