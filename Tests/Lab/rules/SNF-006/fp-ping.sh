# ping reads ICMP.
scene() { ping -n -c 2 -i 0.2 10.200.1.2; }
