# ngrep shows packets, and socat sends what it shows.
peers() { chatter; sink 7000; }
scene() { timeout 5 ngrep -lqxd vA -n 80 '' not port 7000 | socat -u - TCP:10.200.1.2:7000; }
