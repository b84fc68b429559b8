# DHCP clients: dhclient gets an address, sets it, and asks for it anew every ten seconds, while a name is looked up and a page loaded;
# it gives the address back, and udhcpc gets one.
PACKAGES="isc-dhcp-client udhcpc dnsmasq-base curl bind9-dnsutils nginx-light"
PAYLOAD=full
peers() {
  dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -F 10.200.1.50,10.200.1.60,120 -O option:T1,10 -O option:T2,60 \
    -l leases --log-facility=- -x pid &
  listening u 67
  mkdir -p www && seq 100 > www/index.html && nginx_here 80 "root $PWD/www;"
}
scene() {
  printf '#!/bin/sh\n[ -z "$new_ip_address" ] || ip addr replace "$new_ip_address/24" dev vA\nexit 0\n' > dhclient-script
  printf '#!/bin/sh\n[ -z "$ip" ] || ip addr replace "$ip/24" dev vA\nexit 0\n' > udhcpc-script
  chmod +x dhclient-script udhcpc-script && touch leases4 dhclient.conf
  dhclient -d -cf dhclient.conf -sf "$PWD/dhclient-script" -lf "$PWD/leases4" -pf "$PWD/pid4" vA &
  for i in 1 2 3 4; do sleep 8; dig +short +tries=1 @10.200.1.2 "host$i.lab.example"; curl -s http://www.lab.example/ -o page; done
  dhclient -r -cf dhclient.conf -sf "$PWD/dhclient-script" -lf "$PWD/leases4" -pf "$PWD/pid4" vA
  wait
  udhcpc -f -i vA -s "$PWD/udhcpc-script" &
  sleep 12
  curl -s http://www.lab.example/ -o page
  kill %1 %2
}
