# getent, curl and ping ask whom resolv.conf names.
RESOLVER=10.200.1.2
PAYLOAD=headers
peers() { dnsmasq --conf-file=/dev/null -k -i vB --bind-interfaces --address=/#/10.200.1.2 -p 53 -x pid & website; listening u 53; }
scene() { getent ahosts host.example.org; curl -s http://other.example.org/ > page; ping -c 1 third.example.org; dig +short +tries=1 @10.200.1.2 host.example.org; }
