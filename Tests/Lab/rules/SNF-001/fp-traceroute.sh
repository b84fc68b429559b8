# traceroute by UDP hears of ICMP errors from its sockets' error queues.
scene() { traceroute -n -q 1 -w 1 10.200.1.2; }
