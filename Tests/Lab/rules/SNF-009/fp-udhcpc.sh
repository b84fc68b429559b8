# udhcpc gets an address, and its script loads a page.
peers() {
  dnsmasq --conf-file=/dev/null -k -p 0 -i vB --bind-interfaces -F 10.200.1.50,10.200.1.60,60 -l leases --log-facility=- -x pid &
  listening u 67
  website
}
scene() {
  printf '#!/bin/sh\n[ "$1" = bound ] && curl -s http://10.200.1.2/ -o page\nexit 0\n' > bound
  chmod +x bound
  timeout 10 udhcpc -f -n -q -i vA -s "$PWD/bound"
}
