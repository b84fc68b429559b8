# lldpd's packet sockets have a filter for what neighbours say of themselves.
scene() { timeout 6 lldpd -d -I vA -u "$PWD/lldpd.socket"; }
