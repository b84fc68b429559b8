# traceroute by ICMP echo.
scene() { traceroute -I -n -q 1 -w 1 10.200.1.2; }
