# dig asks another server than the machine's, one of the lab.
RESOLVER=10.200.1.2
PAYLOAD=headers
peers() { ip addr add 10.200.1.9/24 dev vB; dnsmasq --conf-file=/dev/null -k -i vB --bind-interfaces --address=/#/10.200.1.2 -p 53 -x pid & listening u 53; }
scene() { dig +short +tries=1 +time=2 @10.200.1.9 host.example.org; }
