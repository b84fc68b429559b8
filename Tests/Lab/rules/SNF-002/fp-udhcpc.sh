# udhcpc asks for an address by a packet socket for IPv4 behind a filter, and gets one from a server in B: few frames.
peers() {
  dnsmasq --conf-file=/dev/null -k -p 0 -i vB --bind-interfaces -F 10.200.1.50,10.200.1.60,60 -l leases --log-facility=- -x pid &
  listening u 67
}
scene() { timeout 10 udhcpc -f -n -q -i vA -s /bin/true; }
