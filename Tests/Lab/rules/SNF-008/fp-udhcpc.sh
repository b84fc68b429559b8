# udhcpc asks for an address that nobody gives: its packet socket has a filter for DHCP and is bound to its interface.
scene() { timeout 6 udhcpc -f -n -q -t 2 -T 2 -i vA -s /bin/true; }
