# socat sends at an odd hour what it sends every day: two megabytes.
peers() { sink 7000; }
scene() { head -c 2000000 /dev/zero | socat -u STDIN TCP:10.200.1.2:7000; }
