# ping: a raw or a datagram socket for ICMP, and no packet socket.
scene() { ping -n -c 2 -i 0.2 10.200.1.2; }
