# tcpdump prints a short line for each large frame into a pipe, and nc sends the lines.
peers() { ping -n -i 0.1 -s 1400 10.200.1.1 > /dev/null & sink 7000; }
scene() { timeout 8 tcpdump -tlnqi vA -c 60 not port 7000 | nc -N 10.200.1.2 7000; }
