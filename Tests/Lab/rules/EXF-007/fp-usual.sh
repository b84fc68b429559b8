# socat connects to a port where it has been on every day before.
peers() { sink 7000; }
scene() { head -c 1000 /dev/zero | socat -u STDIN TCP:10.200.1.2:7000; }
