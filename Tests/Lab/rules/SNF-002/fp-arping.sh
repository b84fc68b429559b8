# arping asks three times who has an address: a packet socket for ARP, which hears nothing else.
scene() { arping -I vA -c 3 10.200.1.2; }
