# socat sends a hundred kilobytes at the hour when it does so every day.
peers() { sink 7000; }
scene() { head -c 100000 /dev/zero | socat -u STDIN TCP:10.200.1.2:7000; }
