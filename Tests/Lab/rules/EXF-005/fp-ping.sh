# ping, thirty times.
PAYLOAD=headers
scene() { ping -n -c 30 -i 0.02 10.200.1.2; }
