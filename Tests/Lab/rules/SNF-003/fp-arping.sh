# arping asks who has an address.
scene() { arping -I vA -c 2 10.200.1.2; }
