# dig asks for forty hosts of forty domains.
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -p 53 -i vB --bind-interfaces --address=/#/10.200.1.2 -x pid & listening u 53; }
scene() { for i in $(seq 40); do echo "host.domain$i.org"; done > names; dig +short +tries=1 @10.200.1.2 -f names; }
