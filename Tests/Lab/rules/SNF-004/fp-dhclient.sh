# dhclient has a packet socket for DHCP, and sends by it and by a socket of UDP; it gets an address.
peers() {
  dnsmasq --conf-file=/dev/null -k -p 0 -i vB --bind-interfaces -F 10.200.1.50,10.200.1.60,60 -l leases --log-facility=- -x pid &
  listening u 67
}
scene() { touch leases4; timeout 10 dhclient -1 -d -sf /bin/true -lf "$PWD/leases4" -pf "$PWD/pid4" vA & sleep 4; }
