# socat sends two megabytes at once, in pieces of one size.
peers() { sink 7000; }
scene() { head -c 2000000 /dev/zero | socat -u STDIN TCP:10.200.1.2:7000; }
