# systemd and inetd start a service with the accepted connection as its standard input and output: here socat starts cat so (nofork).
ask() { echo hello | timeout 5 nc -N 10.200.1.1 7777 > got; }
peers() { again ask & }
scene() { timeout 6 socat TCP-LISTEN:7777 EXEC:/bin/cat,nofork; }
