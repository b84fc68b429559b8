# dig asks for the sixty hosts of one domain, by short names.
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid & listening u 53; }
scene() { for i in $(seq 60); do echo "host$i.example.org"; done > names; dig +short +tries=1 @10.200.1.2 -f names; }
