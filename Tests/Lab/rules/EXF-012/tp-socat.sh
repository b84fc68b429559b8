# socat sends two megabytes, five hours away from when it sends a little every day (fp-at-work).
peers() { sink 7000; }
scene() { head -c 2000000 /dev/zero | socat -u STDIN TCP:10.200.1.2:7000; }
