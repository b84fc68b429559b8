# lldpd joins the multicast group of its own protocol (PACKET_MR_MULTICAST).
scene() { timeout 3 lldpd -d -I vA -u "$PWD/lldpd.socket"; }
