# A resolver that answers on port 5300.
RESOLVER=10.200.1.7
PAYLOAD=full
peers() { dnsmasq --conf-file=/dev/null -k -i vB --bind-interfaces --address=/#/10.200.1.2 -p 5300 -x pid & listening u 5300; }
scene() { dig +short +tries=1 +time=2 -p 5300 @10.200.1.2 host.example.org; }
