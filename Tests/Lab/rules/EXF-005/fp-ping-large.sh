# ping with 1,400 bytes, as one looks for the path's largest packet.
PAYLOAD=headers
scene() { ping -n -c 10 -i 0.02 -s 1400 -M do 10.200.1.2; }
